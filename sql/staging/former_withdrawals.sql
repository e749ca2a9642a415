-- one row per withdrawal of an earlier version of the register of withdrawals, or of a file that is gone: by what it names a record, and where it stood
select
    record_number_key(rows.index_number) as number_key,
    link_key(rows.url) as link_key,
    rows.printed_unit_name,
    title_key(rows.withdrawn_title) as title_key,
    parse_date(rows.withdrawn_on) as withdrawn_on,
    min(sources.source_path) as source_path,
    any_value(rows.source_sheet order by sources.source_path, rows.source_row) as source_sheet,
    any_value(rows.source_row order by sources.source_path, rows.source_row) as source_row
from raw.former_withdrawals as rows
inner join raw.sources as sources on rows.source_sha256 = sources.source_sha256
group by all
