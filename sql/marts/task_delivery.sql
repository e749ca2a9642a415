-- one row per task and body that answers for it
select
    task_id, owner_id, unit_id, unit_name, unit_role, plan_year, task_no, task_title, deadline_on, is_deadline_interpreted, delivery_status, delivery_rule,
    done_on, not_done_on, calendar_days_late, period_count, kept_count, missed_count, evidence_count, as_of_on
from core.task_delivery
