-- one row per task, role and unit
select task_id, unit_role, position, printed_unit_name, unit_id, unit_name, match_rule, match_confidence, is_collective, is_inherited
from core.task_units
