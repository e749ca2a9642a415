-- one row per file of a register and column of its descriptor that a header of the file names
select sources.source_kind as register_name, sources.source_path, columns.column_name
from raw.recognised_columns as columns
inner join staging.sources as sources on columns.source_sha256 = sources.source_sha256
