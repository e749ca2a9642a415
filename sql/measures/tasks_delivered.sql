-- 任务落实 | tasks delivered as promised
select
    unit_id,
    plan_year,
    'plan_tasks' as register_name,
    task_id as record_id,
    delivery_status in ('done_on_time', 'standing_kept') as is_in_order
from core.task_delivery
where delivery_status in ('done_on_time', 'standing_kept', 'done_late', 'overdue', 'standing_neglected')
