-- one row per correction of a known error and cell that it names (one without a cell where it names none), and its result
select
    corrections.correction_id,
    corrections.register_name,
    coalesce(sources.source_path, corrections.source_path) as source_path,
    coalesce(cells.source_sheet, corrections.source_sheet) as source_sheet,
    coalesce(cells.source_row, corrections.source_row) as source_row,
    corrections.record_key,
    corrections.column_name,
    corrections.old_value,
    cells.printed_value,
    corrections.new_value,
    corrections.correction_reason,
    corrections.requested_by,
    corrections.corrected_on,
    corrections.is_public,
    case
        when corrections.correction_status <> 'active' then corrections.correction_status
        when cells.correction_id is null then 'not_found'
        when cells.is_applied then 'applied'
        else 'guard_failed'
    end as correction_state
from reference.corrections as corrections
left join raw.corrected_cells as cells on corrections.correction_id = cells.correction_id
left join staging.sources as sources
    on cells.source_sha256 = sources.source_sha256 and cells.register_name = sources.source_kind
