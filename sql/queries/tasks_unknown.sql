-- one row per task past its deadline of which it is not known whether it was done, with the first reason; no unit reported it as not done
select
    task_id,
    min(delivery_rule) filter (delivery_status = 'unknown') as delivery_rule
from core.task_delivery
where deadline_on < as_of_on
group by task_id
having bool_or(delivery_status = 'unknown') and not bool_or(delivery_status = 'overdue')
