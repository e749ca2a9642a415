-- one row per request of which a row was set aside, or names a channel that nobody knows: what it says may be the answer.
-- A row that names no unit, or no number, is taken for each request that it may belong to
with set_aside as (
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

with_row_set_aside as (
    select requests.request_id
    from requests
    inner join set_aside
        on
            requests.request_number = set_aside.request_number
            and (
                set_aside.printed_unit_name is null
                or requests.printed_unit_name = set_aside.printed_unit_name
                or requests.unit_id = set_aside.unit_id
            )
    union
    select requests.request_id
    from requests
    inner join set_aside
        on
            set_aside.request_number is null
            and (requests.printed_unit_name = set_aside.printed_unit_name or requests.unit_id = set_aside.unit_id)
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
    coalesce(aside.request_id, channel.request_id) as request_id,
    aside.request_id is not null as has_row_set_aside,
    channel.request_id is not null as has_unknown_channel
from with_row_set_aside as aside
full join with_unknown_channel as channel on aside.request_id = channel.request_id
