-- one row per address and interval in which the ledger $1 has the same bytes there; a line that only moved a date is no new interval
with entries as (
    select
        *,
        cast("at" as timestamp) as seen_from -- noqa: RF06
    from read_json(
        $1, format = 'newline_delimited', columns = {
            'at': 'varchar', 'path': 'varchar', 'source': 'varchar', 'kind': 'varchar', 'byte_count': 'bigint', 'stamp': 'varchar', 'sha256': 'varchar'
        }
    )
),

changes as (
    select *
    from entries
    window in_order as (partition by path order by seen_from)
    qualify sha256 is distinct from lag(sha256) over in_order or kind is distinct from lag(kind) over in_order
)

select
    path as source_path,
    source as source_name,
    kind as source_kind,
    sha256 as source_sha256,
    byte_count,
    seen_from,
    lead(seen_from) over (partition by path order by seen_from) as seen_until
from changes
qualify sha256 is not null
order by path, seen_from
