-- one row per request: how it stands on the as-of date, and the term that runs, or ran, for its answer.
-- A stop that comes while the term runs stops it: asking for a correction [30], a notice of fees [国办函〔2020〕109号]; the corrected request or
-- the payment starts it anew; where the applicant lets the time for that pass, the request is deemed abandoned
with candidates as (
    select
        days.*,
        receipt.due_on as receipt_due_on,
        corrected.due_on as corrected_due_on,
        paid.due_on as paid_due_on
    from core.request_days as days
    left join core.request_terms as receipt on days.request_id = receipt.request_id and days.receipt_event = receipt.start_event
    left join core.request_terms as corrected on days.request_id = corrected.request_id and corrected.start_event = 'corrected'
    left join core.request_terms as paid on days.request_id = paid.request_id and paid.start_event = 'fee_paid'
),

first_stops as (
    select
        *,
        coalesce(correction_asked_on <= receipt_due_on and correction_asked_on <= coalesce(fee_noticed_on, correction_asked_on), false) as is_correction_first,
        coalesce(fee_noticed_on <= receipt_due_on and fee_noticed_on < coalesce(correction_asked_on, fee_noticed_on + 1), false) as is_fee_first
    from candidates
),

stops as (
    select
        *,
        is_correction_first
        or coalesce(is_fee_first and correction_asked_on between fee_paid_on and paid_due_on, false) as is_correction_asked,
        is_fee_first
        or coalesce(is_correction_first and fee_noticed_on between corrected_on and corrected_due_on, false) as is_fee_noticed
    from first_stops
),

placed as (
    select
        *,
        case
            when receipt_on is null then null
            when is_correction_first and is_fee_noticed then 'fee_noticed'
            when is_fee_first and is_correction_asked then 'correction_asked'
            when is_correction_first then 'correction_asked'
            when is_fee_first then 'fee_noticed'
            else 'none'
        end as last_stop
    from stops
),

running as (
    select
        *,
        case last_stop
            when 'correction_asked' then case when corrected_on is not null then 'corrected' end
            when 'fee_noticed' then case when fee_paid_on is not null then 'fee_paid' end
            when 'none' then receipt_event
        end as start_event,
        case last_stop
            when 'correction_asked' then correction_asked_on
            when 'fee_noticed' then fee_noticed_on
        end as stopped_on
    from placed
),

lapsing as (
    select
        running.*,
        case
            when running.last_stop = 'correction_asked' and running.reply_due_on >= running.correction_asked_on then running.reply_due_on
            else term.due_on
        end as applicant_due_on
    from running
    left join core.terms as term
        on
            running.stopped_on = term.start_on
            and term.rule_id = case running.last_stop when 'correction_asked' then 'correction_reply' when 'fee_noticed' then 'fee_payment' end
),

lapsed as (
    select
        lapsing.*,
        run.as_of_on,
        coalesce(lapsing.start_event is null and lapsing.closed_on is null and lapsing.applicant_due_on < run.as_of_on, false) as is_lapsed
    from lapsing
    cross join reference.run as run
)

select
    lapsed.request_id,
    lapsed.request_number,
    lapsed.unit_id,
    lapsed.unit_name,
    lapsed.printed_unit_name,
    lapsed.applicant_kind,
    lapsed.request_channel,
    lapsed.received_on,
    lapsed.receipt_on,
    lapsed.is_correction_asked,
    lapsed.correction_asked_on,
    lapsed.corrected_on,
    lapsed.is_fee_noticed,
    lapsed.fee_noticed_on,
    lapsed.fee_paid_on,
    case
        when lapsed.answered_on is not null then lapsed.outcome_code
        when lapsed.withdrawn_on is not null then 'other_3'
        when lapsed.is_lapsed then case lapsed.last_stop when 'correction_asked' then 'other_1' else 'other_2' end
    end as outcome_code,
    lapsed.answered_on,
    case when lapsed.is_lapsed then lapsed.applicant_due_on + 1 else lapsed.closed_on end as closed_on,
    case
        when lapsed.answered_on is not null then 'answered'
        when lapsed.withdrawn_on is not null then 'withdrawn_by_applicant'
        when lapsed.is_lapsed then case lapsed.last_stop when 'correction_asked' then 'correction_lapsed' else 'fee_lapsed' end
    end as closing_kind,
    case when lapsed.last_stop in ('correction_asked', 'fee_noticed') and lapsed.start_event is null then lapsed.last_stop end as waiting_for,
    lapsed.applicant_due_on,
    lapsed.start_event,
    term.start_on,
    term.extension_noticed_on,
    term.extension_days,
    term.counted_days,
    term.due_on,
    term.is_provisional,
    days_late('working', term.due_on, term.due_number, ended.calendar_on, ended.working_day_number) as days_late,
    case
        when lapsed.is_lapsed then 'lapsed'
        when lapsed.start_event is null and lapsed.receipt_on is not null and lapsed.closed_on is not null then 'in_time'
        when lapsed.start_event is null and lapsed.receipt_on is not null then 'waiting'
        else clock_outcome(term.due_on, lapsed.closed_on, lapsed.as_of_on)
    end as outcome,
    lapsed.source_place.source_path,
    lapsed.source_place.source_sheet,
    lapsed.source_place.source_row
from lapsed
left join core.request_terms as term on lapsed.request_id = term.request_id and lapsed.start_event = term.start_event
left join core.calendar as ended on ended.calendar_on = done_or_today(lapsed.closed_on, lapsed.as_of_on)
