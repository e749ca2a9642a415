-- 哪些已公布的判定有单位回应，而三十天后仍没有处理结果？ Which published verdicts were answered by their unit, and nothing came of the reply for thirty days?
-- 没有条文规定期限，三十天是本问题所取；处理结果的写法不能识别的也列出。 No article sets a term; the thirty days are this question's. Outcomes in words that are not understood are listed, too.
select
    replies.unit_name,
    verdicts.verdict_kind,
    verdicts.verdict_id,
    verdicts.verdict_title,
    replies.reply_number,
    replies.replied_on,
    getvariable('as_of') - replies.replied_on as waiting_days,
    replies.reply_state,
    replies.source_path,
    replies.source_row
from core.unit_replies as replies
inner join core.reply_verdicts as verdicts on replies.record_id = verdicts.record_id
where
    verdicts.match_reason is null and replies.reply_state in ('under_review', 'not_stated', 'unclear')
    and replies.replied_on < getvariable('as_of') - 30
order by replies.replied_on, replies.record_id
