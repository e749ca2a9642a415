-- 哪些任务没有完成时限？ Which tasks have no deadline?
-- 没有日期、也不是长期或全年任务。 Neither a date nor a standing duty.
select tasks.document_id, tasks.task_id, tasks.task_no, tasks.task_title, tasks.deadline_text
from core.plan_tasks as tasks
where tasks.deadline_kind = 'none' and tasks.recurrence_rule is null
order by tasks.task_id
