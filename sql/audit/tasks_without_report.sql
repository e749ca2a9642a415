-- 哪些任务已到期，却不知道是否完成？ Which tasks are due and nothing is known of them?
-- 没有报告、报告不能识读或存疑；这是要去问的单位，不是未完成的结论。 No report, or one that is unreadable or in doubt: units to ask, not a judgement.
select document_id, task_no, task_title, deadline_on, unit_name, unit_role, delivery_rule, not_done_on, period_count, kept_count
from core.task_delivery
where delivery_status = 'unknown' and delivery_rule not in ('unit_unknown', 'no_deadline')
order by document_id, task_id, owner_id
