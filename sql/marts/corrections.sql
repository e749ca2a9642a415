-- one row per correction and cell; the values only where the list marks them as public
select
    record_id,
    register_name,
    source_path,
    source_sheet,
    source_row,
    column_name,
    case when is_public then old_value end as old_value,
    case when is_public then new_value end as new_value,
    correction_reason,
    requested_by,
    corrected_on,
    correction_state
from core.corrections
