-- one row per file of a register that stands in the inbox and was not read whole: as a whole, or how many of its rows were rejected
select
    sources.source_kind as register_name,
    sources.source_path,
    bool_or(rejects.source_row is null) as is_unread,
    count(rejects.source_row) as rejected_row_count
from raw.sources as sources
inner join raw.rejects as rejects on sources.source_path = rejects.source_path
where sources.seen_until is null
group by sources.source_kind, sources.source_path
