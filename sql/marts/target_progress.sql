-- one row per unit and year with a target
select unit_id, unit_name, plan_year, target_count, disclosed_count, disclosed_share, as_of_on, elapsed_share, pace, is_behind
from core.target_progress
