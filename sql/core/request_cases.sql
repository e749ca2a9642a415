-- one row per review or suit about a request, with its result as far as there is one by the as-of date.
-- Rows of one day about one case are one step of it; of results of one day that differ, the one most favourable to the organ counts: upheld, other, corrected
with steps as (
    select
        events.request_id,
        case when events.event_kind in ('review_filed', 'review_decided') then 'review' else 'suit' end as case_kind,
        events.event_kind in ('review_filed', 'suit_filed') as is_filing,
        events.event_on,
        coalesce(events.case_number, '') as number_key,
        min(events.unit_id) as unit_id,
        min(events.case_number) as case_number,
        min(events.suit_kind) as suit_kind,
        min({
            'rank': coalesce(list_position(['upheld', 'other', 'corrected'], events.outcome_code), 99), 'outcome': events.outcome_code
        }) filter (events.outcome_code is not null).outcome as outcome_code,
        min({ 'source_path': events.source_path, 'source_sheet': events.source_sheet, 'source_row': events.source_row }) as place
    from core.request_events as events
    cross join reference.run as run
    where
        events.event_kind in ('review_filed', 'review_decided', 'suit_filed', 'suit_decided')
        and events.event_on <= run.as_of_on
    group by all
),

numbered_steps as (
    select *, row_number() over (partition by request_id, case_kind, number_key, is_filing order by event_on) as case_index
    from steps
)

select
    filed.request_id,
    filed.unit_id,
    filed.case_kind,
    filed.case_number,
    filed.suit_kind,
    filed.event_on as filed_on,
    decided.event_on as decided_on,
    coalesce(decided.outcome_code, 'pending') as case_result,
    filed.place.source_path,
    filed.place.source_sheet,
    filed.place.source_row
from numbered_steps as filed
left join numbered_steps as decided
    on
        filed.request_id = decided.request_id
        and filed.case_kind = decided.case_kind
        and filed.number_key = decided.number_key
        and filed.case_index = decided.case_index
        and not decided.is_filing
        and filed.event_on <= decided.event_on
where filed.is_filing
