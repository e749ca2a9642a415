-- one row per request: the days on which what counts for its terms happened, up to the as-of date and to its close.
-- Received by post or by hand it counts from that day; by ordinary post, internet or fax from the day both sides confirmed it (Regulations 31)
with past_events as (
    select events.*, run.as_of_on
    from core.request_events as events
    cross join reference.run as run
    where events.event_on <= run.as_of_on
),

by_request as (
    select
        request_id,
        min(request_number) as request_number,
        min(printed_unit_name) as printed_unit_name,
        min(unit_id) as unit_id,
        min(unit_name) as unit_name,
        any_value(as_of_on) as as_of_on,
        -- of the earliest rows that name a channel one that has to be confirmed, for the term then starts later
        min({ 'day': event_on, 'is_delivered': request_channel not in ('ordinary_post', 'internet', 'fax'), 'channel': request_channel })
        filter (request_channel is not null).channel as request_channel,
        min({ 'day': event_on, 'kind': applicant_kind }) filter (applicant_kind is not null).kind as applicant_kind,
        min(event_on) filter (event_kind = 'received') as received_on,
        min({
            'is_later': event_kind <> 'received', 'day': event_on,
            'place': { 'source_path': source_path, 'source_sheet': source_sheet, 'source_row': source_row }
        }).place as source_place,
        list(event_on) filter (event_kind = 'confirmed') as confirmed_days,
        list({ 'day': event_on, 'until': reply_due_on }) filter (event_kind = 'correction_asked') as corrections_asked,
        list(event_on) filter (event_kind = 'corrected') as corrected_days,
        list({ 'day': event_on, 'days': extension_days }) filter (event_kind = 'extended') as extensions,
        list(event_on) filter (event_kind = 'fee_noticed') as fee_noticed_days,
        list(event_on) filter (event_kind = 'fee_paid') as fee_paid_days,
        list({ 'day': event_on, 'outcome': outcome_code }) filter (event_kind = 'answered') as answers,
        list(event_on) filter (event_kind = 'withdrawn_by_applicant') as withdrawn_days
    from past_events
    group by request_id
),

with_arrival as (
    select
        *,
        coalesce(received_on, case when request_channel in ('ordinary_post', 'internet', 'fax') then list_min(confirmed_days) end) as arrived_on
    from by_request
),

with_end as (
    select
        *,
        first_between(days_of(answers), arrived_on, as_of_on) as answer_on,
        first_between(withdrawn_days, arrived_on, as_of_on) as withdrawal_on
    from with_arrival
),

with_close as (
    select *, least(answer_on, withdrawal_on) as closed_on, coalesce(least(answer_on, withdrawal_on), as_of_on) as last_on
    from with_end
),

with_confirmation as (
    select
        *,
        case when request_channel is null or request_channel not in ('in_person', 'post') then first_between(confirmed_days, arrived_on, last_on) end as confirmed_on
    from with_close
),

with_notices as (
    select
        *,
        coalesce(confirmed_on, arrived_on) as receipt_on,
        first_between(days_of(corrections_asked), arrived_on, last_on) as correction_asked_on,
        first_between(fee_noticed_days, arrived_on, last_on) as fee_noticed_on
    from with_confirmation
),

with_replies as (
    select
        *,
        latest_until(on_day(corrections_asked, correction_asked_on)) as named_on,
        first_between(corrected_days, correction_asked_on, last_on) as corrected_on,
        first_between(fee_paid_days, fee_noticed_on, last_on) as fee_paid_on
    from with_notices
)

select
    with_replies.request_id,
    with_replies.request_number,
    with_replies.printed_unit_name,
    with_replies.unit_id,
    with_replies.unit_name,
    with_replies.request_channel,
    with_replies.applicant_kind,
    with_replies.received_on,
    case when with_replies.confirmed_on is not null or with_replies.received_on is null then 'confirmed' else 'received' end as receipt_event,
    with_replies.receipt_on,
    with_replies.correction_asked_on,
    -- a day off moves to the next working day (Civil Code 203); a day before the notice does not count
    case when with_replies.named_on >= with_replies.correction_asked_on then coalesce(next_day.calendar_on, with_replies.named_on) end as reply_due_on,
    with_replies.corrected_on,
    with_replies.fee_noticed_on,
    with_replies.fee_paid_on,
    events_between(with_replies.extensions, with_replies.arrived_on, with_replies.last_on) as extensions,
    case when with_replies.answer_on <= coalesce(with_replies.withdrawal_on, with_replies.answer_on) then with_replies.answer_on end as answered_on,
    first_outcome(on_day(with_replies.answers, with_replies.answer_on)) as outcome_code,
    case when with_replies.withdrawal_on < coalesce(with_replies.answer_on, with_replies.withdrawal_on + 1) then with_replies.withdrawal_on end as withdrawn_on,
    with_replies.closed_on,
    with_replies.last_on,
    -- corrections, payments and notices of fees beyond the first, or that nothing asked for: one may have restarted the term
    list_concat(
        days_without(with_replies.corrected_days, with_replies.corrected_on, with_replies.arrived_on, with_replies.last_on),
        days_without(with_replies.fee_paid_days, with_replies.fee_paid_on, with_replies.arrived_on, with_replies.last_on),
        days_without(with_replies.fee_noticed_days, with_replies.fee_noticed_on, with_replies.arrived_on, with_replies.last_on)
    ) as unmatched_days,
    without_nulls([
        case when doubts.has_row_set_aside then 'row_set_aside' end,
        case when doubts.has_unknown_channel then 'channel_unknown' end,
        case when with_replies.request_channel in ('ordinary_post', 'internet', 'fax') and with_replies.confirmed_on is null then 'receipt_not_confirmed' end,
        case when list_min(list_concat(days_of(with_replies.answers), with_replies.withdrawn_days)) < with_replies.arrived_on then 'closed_before_received' end
    ]) as doubts,
    with_replies.source_place
from with_replies
left join core.request_doubts as doubts on with_replies.request_id = doubts.request_id
left join core.calendar as day_before on day_before.calendar_on = with_replies.named_on - 1
left join core.calendar as next_day on day_before.working_day_number + 1 = next_day.working_day_number and next_day.is_working_day
