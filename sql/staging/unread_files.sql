-- one row per file of a register in the inbox that was not read completely: not at all, or with the number of its rejected rows
select
    sources.source_kind as register_name,
    sources.source_path,
    bool_or(rejects.source_row is null) as is_unread,
    count(rejects.source_row) as rejected_row_count
from raw.sources as sources
inner join raw.rejects as rejects on sources.source_path = rejects.source_path
where sources.seen_until is null
group by sources.source_kind, sources.source_path
