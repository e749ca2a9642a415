-- 哪些任务时限已过仍未完成？ Which tasks are past their deadline and not done?
-- 判定方法见 docs/delivery.md。 How it is judged: docs/delivery.md.
select document_id, task_no, task_title, deadline_on, min(unit_name) filter (unit_role = 'lead') as unit_name, count(*) as unit_count, max(calendar_days_late) as calendar_days_late
from core.task_delivery
where delivery_status = 'overdue'
group by document_id, task_id, task_no, task_title, deadline_on
order by document_id, task_id
