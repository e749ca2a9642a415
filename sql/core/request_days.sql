-- one row per request: the days on which what counts for its terms happened, up to the as-of date and to its close.
-- Received by post or by hand it counts from that day; by ordinary post, internet or fax from the day both sides confirmed it (Regulations 31)
with known as (
    select events.*, run.as_of_on
    from core.request_events as events
    cross join reference.run as run
    where events.event_on <= run.as_of_on
),

gathered as (
    select
        request_id,
        any_value(request_number) as request_number,
        min(printed_unit_name) as printed_unit_name,
        any_value(unit_id) as unit_id,
        any_value(unit_name) as unit_name,
        any_value(as_of_on) as as_of_on,
        arg_min(request_channel, event_on) as request_channel,
        arg_min(applicant_kind, event_on) as applicant_kind,
        min(event_on) filter (event_kind = 'received') as received_on,
        coalesce(
            arg_min({ 'source_path': source_path, 'source_sheet': source_sheet, 'source_row': source_row }, event_on) filter (event_kind = 'received'),
            arg_min({ 'source_path': source_path, 'source_sheet': source_sheet, 'source_row': source_row }, event_on)
        ) as source_place,
        list(event_on) filter (event_kind = 'confirmed') as confirmed_days,
        list({ 'day': event_on, 'until': reply_due_on }) filter (event_kind = 'correction_asked') as corrections_asked,
        list(event_on) filter (event_kind = 'corrected') as corrected_days,
        list({ 'day': event_on, 'days': extension_days }) filter (event_kind = 'extended') as extensions,
        list(event_on) filter (event_kind = 'fee_noticed') as fee_noticed_days,
        list(event_on) filter (event_kind = 'fee_paid') as fee_paid_days,
        list({ 'day': event_on, 'outcome': outcome_code }) filter (event_kind = 'answered') as answers,
        list(event_on) filter (event_kind = 'withdrawn_by_applicant') as withdrawn_days
    from known
    group by request_id
),

ended as (
    select
        *,
        first_between(days_of(answers), received_on, as_of_on) as answer_on,
        first_between(withdrawn_days, received_on, as_of_on) as withdrawal_on
    from gathered
),

closed as (
    select *, least(answer_on, withdrawal_on) as closed_on, coalesce(least(answer_on, withdrawal_on), as_of_on) as last_on
    from ended
),

confirmed as (
    select
        *,
        case when request_channel in ('ordinary_post', 'internet', 'fax') then first_between(confirmed_days, received_on, last_on) end as confirmed_on
    from closed
),

stopped as (
    select
        *,
        coalesce(confirmed_on, received_on) as receipt_on,
        first_between(days_of(corrections_asked), coalesce(confirmed_on, received_on), last_on) as correction_asked_on,
        first_between(fee_noticed_days, coalesce(confirmed_on, received_on), last_on) as fee_noticed_on
    from confirmed
)

select
    request_id,
    request_number,
    printed_unit_name,
    unit_id,
    unit_name,
    request_channel,
    applicant_kind,
    received_on,
    case when confirmed_on is not null then 'confirmed' else 'received' end as receipt_event,
    receipt_on,
    correction_asked_on,
    latest_until(on_day(corrections_asked, correction_asked_on)) as reply_due_on,
    first_between(corrected_days, correction_asked_on, last_on) as corrected_on,
    fee_noticed_on,
    first_between(fee_paid_days, fee_noticed_on, last_on) as fee_paid_on,
    extensions,
    case when answer_on <= coalesce(withdrawal_on, answer_on) then answer_on end as answered_on,
    first_outcome(on_day(answers, answer_on)) as outcome_code,
    case when withdrawal_on < coalesce(answer_on, withdrawal_on + 1) then withdrawal_on end as withdrawn_on,
    closed_on,
    last_on,
    source_place
from stopped
