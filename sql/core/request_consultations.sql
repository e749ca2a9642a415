-- one row per consultation of a third party or a co-producing organ: when it was asked, when it answered, and until when the
-- term for answering the applicant stands still (Regulations 32 to 34): to the answer, and no longer than the 15 working days
with asked as (
    select
        request_id,
        event_on as consulted_on,
        consultation_number,
        case event_kind when 'third_party_consulted' then 'third_party_reply' else 'co_producer_reply' end as rule_id,
        case event_kind when 'third_party_consulted' then 'third_party_answered' else 'co_producer_answered' end as answer_kind,
        record_id,
        source_path,
        source_sheet,
        source_row
    from core.request_events
    where event_kind in ('third_party_consulted', 'co_producer_consulted')
),

answers as (
    select request_id, event_kind, coalesce(consultation_number, '') as consultation_number, list(event_on) as answered_days
    from core.request_events
    where event_kind in ('third_party_answered', 'co_producer_answered')
    group by all
),

paired as (
    select
        asked.*,
        first_between(answers.answered_days, asked.consulted_on, days.last_on) as answered_on
    from asked
    inner join core.request_days as days
        on asked.request_id = days.request_id and asked.consulted_on between days.receipt_on and days.last_on
    left join answers
        on
            asked.request_id = answers.request_id
            and asked.answer_kind = answers.event_kind
            and coalesce(asked.consultation_number, '') = answers.consultation_number
)

select
    paired.request_id,
    paired.record_id,
    paired.rule_id,
    paired.answer_kind,
    paired.consulted_on,
    paired.answered_on,
    term.due_on,
    least(paired.answered_on, term.due_on) as resumes_on,
    asked_day.working_day_number as from_number,
    least(answer_day.working_day_number, term.due_number) as until_number,
    paired.source_path,
    paired.source_sheet,
    paired.source_row
from paired
left join core.terms as term on paired.rule_id = term.rule_id and paired.consulted_on = term.start_on
left join core.calendar as asked_day on paired.consulted_on = asked_day.calendar_on
left join core.calendar as answer_day on paired.answered_on = answer_day.calendar_on
