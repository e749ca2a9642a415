-- one row per task and record that names it and may say that it was done, though that cannot be relied on: while one stands after the last clear
-- report, nobody is said not to have done the task
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
