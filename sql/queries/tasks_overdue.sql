-- one row per task that a unit has reported as not done after its deadline
select distinct
    task_id,
    deadline_on,
    task_no,
    task_title,
    document_id
from core.task_delivery
where delivery_status = 'overdue'
