-- one row per note of the reading of a register's file: a cell that cannot be read, what was passed over or filled in
select
    notes.source_kind as register_name,
    notes.source_path,
    notes.source_sheet,
    notes.source_row,
    notes.column_name,
    notes.note_kind,
    notes.note_place,
    notes.note_text
from raw.source_notes as notes
inner join staging.sources as sources
    on notes.source_sha256 = sources.source_sha256 and notes.source_kind = sources.source_kind and notes.source_path = sources.source_path
