-- one row per correction and cell that concerns this workspace: the project's list is for all, so of it only what names a row here.
-- Its values are public only where the row is known and may leave: a row that is not found, or at whose place another value stands (rows move), may be
-- one that is held by now; with a key, or with the new value there, it is the same
select
    corrections.correction_id || '#' || row_number() over (
        partition by corrections.correction_id order by corrections.source_path, corrections.source_sheet, corrections.source_row
    ) as record_id,
    corrections.* replace (
        corrections.is_public
        and held.correction_id is null
        and (
            corrections.correction_state = 'applied'
            or corrections.correction_state = 'guard_failed'
            and (corrections.record_key is not null or corrections.printed_value is not distinct from corrections.new_value)
        ) as is_public
    )
from staging.corrections as corrections
left join core.held_corrections as held
    on
        corrections.correction_id = held.correction_id
        and corrections.source_path is not distinct from held.source_path
        and corrections.source_row is not distinct from held.source_row
        and corrections.source_sheet is not distinct from held.source_sheet
where
    not starts_with(corrections.correction_id, 'project:')
    or corrections.correction_state in ('applied', 'guard_failed')
