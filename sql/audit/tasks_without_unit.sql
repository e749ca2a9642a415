-- 哪些任务没有责任单位？ Which tasks name no unit?
-- 无人负责的任务无从核对。 A task without a responsible unit cannot be checked.
select tasks.document_id, tasks.task_id, tasks.task_no, tasks.task_title, tasks.deadline_on
from core.plan_tasks as tasks
anti join core.task_units as task_units on tasks.task_id = task_units.task_id
order by tasks.task_id
