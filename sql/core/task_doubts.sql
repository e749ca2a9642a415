-- one row per task and record that names it and may report it done, but is not reliable: while there is one after the last clear
-- report, the task does not count as not done
select
    task_id,
    unit_id,
    not is_owner as concerns_all,
    doubt_reason,
    stated_on as doubted_on,
    register_name,
    record_id,
    source_path,
    source_sheet,
    source_row
from core.task_references
where doubt_reason is not null
