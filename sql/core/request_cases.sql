-- one row per review or suit about a request, with its result as far as there is one by the as-of date
with known as (
    select
        events.*,
        case when events.event_kind in ('review_filed', 'review_decided') then 'review' else 'suit' end as case_kind,
        events.event_kind in ('review_filed', 'suit_filed') as is_filing
    from core.request_events as events
    cross join reference.run as run
    where
        events.event_kind in ('review_filed', 'review_decided', 'suit_filed', 'suit_decided')
        and events.event_on <= run.as_of_on
),

numbered as (
    select
        *,
        row_number() over (
            partition by request_id, case_kind, coalesce(case_number, ''), is_filing order by event_on, record_id
        ) as case_index
    from known
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
    filed.source_path,
    filed.source_sheet,
    filed.source_row
from numbered as filed
left join numbered as decided
    on
        filed.request_id = decided.request_id
        and filed.case_kind = decided.case_kind
        and coalesce(filed.case_number, '') = coalesce(decided.case_number, '')
        and filed.case_index = decided.case_index
        and not decided.is_filing
        and filed.event_on <= decided.event_on
where filed.is_filing
