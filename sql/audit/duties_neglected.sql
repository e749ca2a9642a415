-- 哪些长期任务没有落实？ Which standing duties were neglected?
-- 有周期的任务每期都要有依据（core.task_periods）。 A duty with a rhythm needs evidence in every period (core.task_periods).
select document_id, task_no, task_title, unit_name, period_count, kept_count, delivery_rule
from core.task_delivery
where delivery_status = 'standing_neglected'
order by document_id, task_id, owner_id
