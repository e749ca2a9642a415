-- one row per fault in the order of a request's events: what it is, and on which request
with days as (
    select days.*, requests.source_path as place_path, requests.source_sheet as place_sheet, requests.source_row as place_row
    from core.request_days as days
    inner join core.requests as requests on days.request_id = requests.request_id
),

asked as (
    select events.request_id, count(distinct events.event_on) as asked_count
    from core.request_events as events
    inner join core.request_days as days on events.request_id = days.request_id
    where events.event_kind = 'correction_asked' and events.event_on <= days.last_on
    group by events.request_id
),

faults as (
    select
        'request_never_received' as finding_kind, 'event_on' as column_name, request_id as record_id, place_path, place_sheet, place_row,
        text_request_never_received() as finding_text
    from days
    where received_on is null
    union all
    select
        'correction_asked_twice' as finding_kind, 'event_kind' as column_name, days.request_id as record_id, days.place_path, days.place_sheet, days.place_row,
        text_correction_asked_twice(asked.asked_count) as finding_text
    from days
    inner join asked on days.request_id = asked.request_id
    where asked.asked_count > 1
    union all
    select
        'answered_without_outcome' as finding_kind, 'outcome_code' as column_name, request_id as record_id, place_path, place_sheet, place_row,
        text_answered_without_outcome() as finding_text
    from days
    where answered_on is not null and outcome_code is null
    union all
    select
        'answers_differ' as finding_kind, 'outcome_code' as column_name, days.request_id as record_id, days.place_path, days.place_sheet, days.place_row,
        text_answers_differ() as finding_text
    from days
    inner join core.request_events as events
        on days.request_id = events.request_id and days.answered_on = events.event_on and events.event_kind = 'answered'
    group by all
    having count(distinct events.outcome_code) > 1
    union all
    select
        'clock_unknown' as finding_kind, 'event_kind' as column_name, requests.request_id as record_id, days.place_path, days.place_sheet, days.place_row,
        text_clock_unknown(requests.outcome_reason) as finding_text
    from core.requests as requests
    inner join days on requests.request_id = days.request_id
    where requests.outcome = 'unknown'
    union all
    select
        'extended_late' as finding_kind, 'event_on' as column_name, terms.request_id as record_id, days.place_path, days.place_sheet, days.place_row,
        text_extended_late(terms.extension_noticed_on, terms.base_due_on) as finding_text
    from core.request_terms as terms
    inner join core.requests as requests on terms.request_id = requests.request_id and terms.start_event = requests.start_event
    inner join days on terms.request_id = days.request_id
    where terms.extension_noticed_on > terms.base_due_on
    union all
    select
        'extended_too_long' as finding_kind, 'extension_days' as column_name, events.request_id as record_id,
        events.source_path as place_path, events.source_sheet as place_sheet, events.source_row as place_row,
        text_extended_too_long(events.extension_days) as finding_text
    from core.request_events as events
    where events.event_kind = 'extended' and events.extension_days > 20
)

select finding_kind, column_name, record_id, place_path as source_path, place_sheet as source_sheet, place_row as source_row, finding_text
from faults
