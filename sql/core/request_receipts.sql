-- one row per term that a request's events started: the answer, the asking for a correction, and what applicants, third parties and co-producers owe
with answers as (
    select
        request_id as record_id, unit_id, 'request_answer' as rule_id,
        start_event, start_on,
        case when start_event in ('corrected', 'fee_paid') then start_on end as restart_on,
        coalesce(extension_days, 0) as extension_days,
        counted_days, due_on,
        case when closed_on is not null then closing_kind end as done_event,
        case when closing_kind in ('answered', 'withdrawn_by_applicant') then closed_on end as done_on,
        days_late, outcome, outcome_reason, is_provisional, source_path, source_sheet, source_row
    from core.requests
    where receipt_on is not null
),

terms as (
    select
        requests.request_id, requests.request_id as record_id, requests.unit_id, 'request_correction' as rule_id,
        days.receipt_event as start_event, requests.receipt_on as start_on,
        'correction_asked' as done_event, requests.correction_asked_on as done_on, cast(null as date) as set_on,
        requests.source_path, requests.source_sheet, requests.source_row
    from core.requests as requests
    inner join core.request_days as days on requests.request_id = days.request_id
    where requests.correction_asked_on is not null
    union all
    select
        requests.request_id, requests.request_id as record_id, requests.unit_id, 'correction_reply' as rule_id,
        'correction_asked' as start_event, requests.correction_asked_on as start_on,
        'corrected' as done_event, requests.corrected_on as done_on,
        days.reply_due_on as set_on,
        requests.source_path, requests.source_sheet, requests.source_row
    from core.requests as requests
    inner join core.request_days as days on requests.request_id = days.request_id
    where requests.is_correction_asked
    union all
    select
        request_id, request_id as record_id, unit_id, 'fee_payment' as rule_id,
        'fee_noticed' as start_event, fee_noticed_on as start_on,
        'fee_paid' as done_event, fee_paid_on as done_on, cast(null as date) as set_on,
        source_path, source_sheet, source_row
    from core.requests
    where is_fee_noticed
    union all
    select
        consultations.request_id, consultations.record_id, requests.unit_id, consultations.rule_id,
        consultations.consulted_kind as start_event, consultations.consulted_on as start_on,
        consultations.answer_kind as done_event, consultations.answered_on as done_on, cast(null as date) as set_on,
        consultations.source_path, consultations.source_sheet, consultations.source_row
    from core.request_consultations as consultations
    inner join core.requests as requests on consultations.request_id = requests.request_id
),

dated as (
    select
        terms.*,
        coalesce(terms.set_on, term.due_on) as due_on,
        rules.bound_party,
        days.closed_on,
        days.doubts,
        run.as_of_on
    from terms
    cross join reference.run as run
    inner join core.request_days as days on terms.request_id = days.request_id
    inner join reference.clock_rules as rules on terms.rule_id = rules.rule_id
    left join core.terms as term on terms.rule_id = term.rule_id and terms.start_on = term.start_on
),

-- nothing is owed any more to a request that was closed before the term ended
judged as (
    select
        *,
        case
            when done_on is null and closed_on <= due_on then 'waiting'
            when clock_outcome(due_on, done_on, as_of_on) = 'overdue' and bound_party <> 'organ' then 'lapsed'
            else clock_outcome(due_on, done_on, as_of_on)
        end as plain_outcome,
        is_accusation(plain_outcome) and doubts <> [] as is_doubtful
    from dated
)

select
    record_id, unit_id, rule_id, start_event, start_on, restart_on, extension_days, counted_days, due_on,
    done_event, done_on, days_late, outcome, outcome_reason, is_provisional, source_path, source_sheet, source_row
from answers
union all
select
    judged.record_id, judged.unit_id, judged.rule_id, judged.start_event, judged.start_on, cast(null as date) as restart_on, 0 as extension_days,
    due.working_day_number - start.working_day_number as counted_days,
    judged.due_on,
    case when judged.done_on is not null then judged.done_event end as done_event,
    judged.done_on,
    case
        when not judged.is_doubtful
            then
                days_late('working', judged.due_on, due.working_day_number, ended.calendar_on, ended.working_day_number)
    end as days_late,
    if(judged.is_doubtful, 'unknown', judged.plain_outcome) as outcome,
    case when judged.is_doubtful then array_to_string(judged.doubts, ', ') end as outcome_reason,
    due.is_provisional,
    judged.source_path, judged.source_sheet, judged.source_row
from judged
left join core.calendar as start on judged.start_on = start.calendar_on
left join core.calendar as due on judged.due_on = due.calendar_on
left join core.calendar as ended on ended.calendar_on = done_or_today(coalesce(judged.done_on, judged.closed_on), judged.as_of_on)
