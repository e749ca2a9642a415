-- one row per correction and cell that concerns this workspace: the project's list is for all, so of it only what names a row here
select
    corrections.correction_id || '#' || row_number() over (
        partition by corrections.correction_id order by corrections.source_path, corrections.source_sheet, corrections.source_row
    ) as record_id,
    corrections.*
from staging.corrections as corrections
where
    not starts_with(corrections.correction_id, 'project:')
    or corrections.correction_state in ('applied', 'guard_failed')
