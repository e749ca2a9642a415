-- one row per reply of a unit that may leave and that answers a published verdict of this unit
select
    replies.record_id, replies.reply_number, replies.unit_id, replies.unit_name, verdicts.verdict_kind, verdicts.verdict_id, verdicts.task_id,
    verdicts.plan_year, verdicts.verdict_title, replies.replied_on, replies.reply_text, replies.reply_state, replies.reply_state_reason, replies.decided_on
from core.unit_replies as replies
inner join core.reply_verdicts as verdicts on replies.record_id = verdicts.record_id
where replies.is_released and verdicts.match_reason is null
