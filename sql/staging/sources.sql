-- one row per set of bytes in the inbox now: the same file under two addresses counts once, under the first
select
    source_sha256,
    source_kind,
    min(source_path) as source_path,
    dense_rank() over (order by min(seen_from)) as arrival_number
from raw.sources
where seen_until is null and source_sha256 is not null
group by source_sha256, source_kind
