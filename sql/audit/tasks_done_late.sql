-- 哪些任务逾期才完成？ Which tasks were done after their deadline?
-- 判定方法见 docs/delivery.md。 How it is judged: docs/delivery.md.
select document_id, task_no, task_title, unit_name, deadline_on, done_on, calendar_days_late
from core.task_delivery
where delivery_status = 'done_late'
order by document_id, task_id, owner_id
