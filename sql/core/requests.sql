-- one row per request: its state on the as-of date, and the term that runs, or ran, for its answer.
-- A correction asked for by the 7th working day [30] and a notice of fees within the term [国办函〔2020〕109号] stop it; the corrected request and
-- the payment restart it; where the applicant lets the time for that pass, the request is deemed abandoned.
-- Late, overdue and abandoned are outcomes only where the register leaves no doubt: else the outcome is unknown, with its reason
with candidates as (
    select
        days.*,
        seventh.due_on as asking_due_on,
        payment.due_on as payment_due_on,
        coalesce(receipt.due_on, date 'infinity') as receipt_due_on,
        coalesce(corrected.due_on, date 'infinity') as corrected_due_on,
        coalesce(paid.due_on, date 'infinity') as paid_due_on,
        run.as_of_on
    from core.request_days as days
    cross join reference.run as run
    left join core.terms as seventh on seventh.rule_id = 'request_correction' and days.receipt_on = seventh.start_on
    left join core.terms as payment on payment.rule_id = 'fee_payment' and days.fee_noticed_on = payment.start_on
    left join core.request_terms as receipt on days.request_id = receipt.request_id and days.receipt_event = receipt.start_event
    left join core.request_terms as corrected on days.request_id = corrected.request_id and corrected.start_event = 'corrected'
    left join core.request_terms as paid on days.request_id = paid.request_id and paid.start_event = 'fee_paid'
),

asked as (
    select
        *,
        coalesce(correction_asked_on <= asking_due_on, false) as is_correction_asked,
        coalesce(fee_noticed_on <= coalesce(corrected_on, fee_noticed_on), false) as is_fee_before_correction
    from candidates
),

-- a corrected request that was asked for late restarts the term where it comes while the term runs, or waits for a payment
corrected as (
    select
        *,
        corrected_on is not null and (
            is_correction_asked
            or case
                when not is_fee_before_correction or fee_noticed_on > receipt_due_on then corrected_on <= receipt_due_on
                else coalesce(fee_paid_on >= corrected_on, true) or corrected_on <= paid_due_on
            end
        ) as is_corrected
    from asked
),

stops as (
    select
        *,
        coalesce(case
            when is_fee_before_correction then is_correction_asked or fee_noticed_on <= receipt_due_on
            when is_corrected then fee_noticed_on <= corrected_due_on
            else fee_noticed_on <= receipt_due_on
        end, false) as is_fee_noticed
    from corrected
),

running as (
    select
        *,
        case when is_correction_asked and corrected_on is null then coalesce(reply_due_on, date 'infinity') end as correction_limit_on,
        case when is_fee_noticed and fee_paid_on is null then payment_due_on end as payment_limit_on,
        greatest(receipt_on, case when is_corrected then corrected_on end, case when is_fee_noticed then fee_paid_on end) as latest_on,
        coalesce(is_correction_asked and corrected_on > reply_due_on, false)
        or coalesce(is_fee_noticed and fee_paid_on > payment_due_on, false) as is_taken_up_late
    from stops
),

waiting as (
    select
        *,
        case
            when correction_limit_on <= coalesce(payment_limit_on, correction_limit_on) then 'correction_asked'
            when payment_limit_on is not null then 'fee_noticed'
        end as stopped_by,
        case
            when receipt_on is null or correction_limit_on is not null or payment_limit_on is not null then null
            when is_corrected and corrected_on = latest_on then 'corrected'
            when is_fee_noticed and fee_paid_on = latest_on then 'fee_paid'
            else receipt_event
        end as start_event
    from running
),

judged as (
    select
        waiting.*,
        nullif(least(waiting.correction_limit_on, waiting.payment_limit_on), date 'infinity') as applicant_due_on,
        term.start_on,
        term.extension_noticed_on,
        term.extension_days,
        term.counted_days,
        term.due_on,
        term.is_provisional,
        days_late('working', term.due_on, term.due_number, ended.calendar_on, ended.working_day_number) as days_late,
        case
            when waiting.stopped_by is not null or term.is_open_ended
                then
                    case
                        when waiting.closed_on is not null then 'in_time'
                        when least(waiting.correction_limit_on, waiting.payment_limit_on) < waiting.as_of_on then 'lapsed'
                        else 'waiting'
                    end
            else clock_outcome(term.due_on, waiting.closed_on, waiting.as_of_on)
        end as outcome
    from waiting
    left join core.request_terms as term on waiting.request_id = term.request_id and waiting.start_event = term.start_event
    left join core.calendar as ended on ended.calendar_on = done_or_today(waiting.closed_on, waiting.as_of_on)
),

doubted as (
    select
        judged.* replace (
            list_concat(judged.doubts, case
                when judged.outcome = 'lapsed' then if(judged.unmatched_days <> [], ['unmatched_events'], [])
                when judged.is_taken_up_late then ['taken_up_late']
                when first_between(judged.unmatched_days, judged.start_on + 1, judged.due_on) is not null then ['unmatched_events']
                else []
            end) as doubts
        )
    from judged
),

concluded as (
    select
        * replace (if(is_accusation(outcome) and doubts <> [], 'unknown', outcome) as outcome),
        case when is_accusation(outcome) and doubts <> [] then array_to_string(doubts, ', ') end as outcome_reason
    from doubted
)

select
    concluded.request_id,
    concluded.request_number,
    concluded.unit_id,
    concluded.unit_name,
    concluded.printed_unit_name,
    concluded.applicant_kind,
    concluded.request_channel,
    concluded.received_on,
    concluded.receipt_on,
    concluded.is_correction_asked,
    concluded.correction_asked_on,
    concluded.corrected_on,
    concluded.is_fee_noticed,
    concluded.fee_noticed_on,
    concluded.fee_paid_on,
    case
        when concluded.answered_on is not null then concluded.outcome_code
        when concluded.withdrawn_on is not null then 'other_3'
        when concluded.outcome = 'lapsed' then case concluded.stopped_by when 'correction_asked' then 'other_1' else 'other_2' end
    end as outcome_code,
    concluded.answered_on,
    case when concluded.outcome = 'lapsed' then concluded.applicant_due_on + 1 else concluded.closed_on end as closed_on,
    case
        when concluded.answered_on is not null then 'answered'
        when concluded.withdrawn_on is not null then 'withdrawn_by_applicant'
        when concluded.outcome = 'lapsed' then case concluded.stopped_by when 'correction_asked' then 'correction_lapsed' else 'fee_lapsed' end
    end as closing_kind,
    case when concluded.stopped_by is not null then concluded.stopped_by when concluded.outcome = 'waiting' then 'organ_consulted' end as waiting_for,
    concluded.applicant_due_on,
    concluded.start_event,
    concluded.start_on,
    concluded.extension_noticed_on,
    concluded.extension_days,
    concluded.counted_days,
    concluded.due_on,
    concluded.is_provisional,
    case when concluded.outcome <> 'unknown' then concluded.days_late end as days_late,
    concluded.outcome,
    concluded.outcome_reason,
    concluded.source_place.source_path,
    concluded.source_place.source_sheet,
    concluded.source_place.source_row
from concluded
