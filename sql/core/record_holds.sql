-- one row per record that may not leave by some row: the strictest reason, and the row that gives it
select
    register_name,
    record_id,
    strictest_hold(list(hold_reason)) as hold_reason,
    arg_min(hold_origin, (strictness_of(hold_reason), hold_origin, source_path, coalesce(source_sheet, ''), source_row)) as hold_origin,
    arg_min(source_path, (strictness_of(hold_reason), hold_origin, source_path, coalesce(source_sheet, ''), source_row)) as source_path,
    arg_min(source_sheet, (strictness_of(hold_reason), hold_origin, source_path, coalesce(source_sheet, ''), source_row)) as source_sheet,
    arg_min(source_row, (strictness_of(hold_reason), hold_origin, source_path, coalesce(source_sheet, ''), source_row)) as source_row
from core.record_matches
group by all
