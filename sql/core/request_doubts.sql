-- one row per request of which a row is quarantined, or names an unknown channel: such a row may be the answer.
-- A row that names no unit, or no number, is taken for each request that it may belong to
with quarantined as (
    select distinct rows.request_number, aliases.unit_id, rows.printed_unit_name
    from quarantine.request_events as rows
    cross join reference.run as run
    left join core.unit_aliases as aliases on rows.printed_unit_name = aliases.alias_name and run.region_scope = aliases.region_scope
    where
        coalesce(rows.event_on <= run.as_of_on, true)
        and (rows.event_kind is null or rows.event_kind not in ('review_filed', 'review_decided', 'suit_filed', 'suit_decided'))
),

requests as (
    select distinct request_id, request_number, unit_id, printed_unit_name
    from core.request_events
),

with_quarantined_row as (
    select requests.request_id
    from requests
    inner join quarantined
        on
            requests.request_number = quarantined.request_number
            and (
                quarantined.printed_unit_name is null
                or requests.printed_unit_name = quarantined.printed_unit_name
                or requests.unit_id = quarantined.unit_id
            )
    union
    select requests.request_id
    from requests
    inner join quarantined
        on
            quarantined.request_number is null
            and (requests.printed_unit_name = quarantined.printed_unit_name or requests.unit_id = quarantined.unit_id)
),

with_unknown_channel as (
    select distinct events.request_id
    from core.request_events as events
    inner join staging.request_events as rows
        on
            events.source_path = rows.source_path
            and events.source_row = rows.source_row
            and events.source_sheet is not distinct from rows.source_sheet
    where list_contains(rows.invalid_cells, 'request_channel')
)

select
    coalesce(quarantined_row.request_id, channel.request_id) as request_id,
    quarantined_row.request_id is not null as has_row_set_aside,
    channel.request_id is not null as has_unknown_channel
from with_quarantined_row as quarantined_row
full join with_unknown_channel as channel on quarantined_row.request_id = channel.request_id
