-- one row per consultation of a third party, a co-producing or another organ: when it was asked, when it answered, and until when the
-- term for answering the applicant is suspended: to the answer; for third parties and co-producers no longer than 15 working days (Regulations 32 to 34)
with kinds (consulted_kind, answer_kind, rule_id, other_consulted_kind, other_answer_kind) as (
    values
    ('third_party_consulted', 'third_party_answered', 'third_party_reply', null, null),
    ('co_producer_consulted', 'co_producer_answered', 'co_producer_reply', 'organ_consulted', 'organ_answered'),
    ('organ_consulted', 'organ_answered', null, 'co_producer_consulted', 'co_producer_answered') -- Regulations 33(3) sets no term
),

events as (
    select events.*, coalesce(events.consultation_number, '') as number_key, days.last_on
    from core.request_events as events
    inner join core.request_days as days on events.request_id = days.request_id and events.event_on <= days.last_on
    where days.receipt_on is not null
),

answers as (
    select events.request_id, events.event_kind, events.number_key, list(events.event_on) as answered_days
    from events
    semi join kinds on events.event_kind = kinds.answer_kind
    group by all
),

asked as (
    select distinct events.request_id, events.event_kind, events.number_key
    from events
    semi join kinds on events.event_kind = kinds.consulted_kind
),

-- an organ's answer whose word does not say which organ's answers the other kind of question, where none of its own was asked
paired as (
    select
        events.*,
        kinds.consulted_kind,
        kinds.answer_kind,
        kinds.rule_id,
        coalesce(
            first_between(own.answered_days, events.event_on, events.last_on),
            case when asked.request_id is null then first_between(other.answered_days, events.event_on, events.last_on) end
        ) as answered_on
    from events
    inner join kinds on events.event_kind = kinds.consulted_kind
    left join answers as own
        on events.request_id = own.request_id and kinds.answer_kind = own.event_kind and events.number_key = own.number_key
    left join answers as other
        on events.request_id = other.request_id and kinds.other_answer_kind = other.event_kind and events.number_key = other.number_key
    left join asked
        on events.request_id = asked.request_id and kinds.other_consulted_kind = asked.event_kind and events.number_key = asked.number_key
)

select
    paired.request_id,
    paired.record_id,
    paired.rule_id,
    paired.consulted_kind,
    paired.answer_kind,
    paired.event_on as consulted_on,
    paired.answered_on,
    term.due_on,
    least(paired.answered_on, term.due_on) as resumes_on,
    asked_day.working_day_number as from_number,
    -- what was not answered and is not ended lasts longer than any calendar
    coalesce(least(answer_day.working_day_number, term.due_number), asked_day.working_day_number + 1000000) as until_number,
    paired.source_path,
    paired.source_sheet,
    paired.source_row
from paired
left join core.terms as term on paired.rule_id = term.rule_id and paired.event_on = term.start_on
left join core.calendar as asked_day on paired.event_on = asked_day.calendar_on
left join core.calendar as answer_day on paired.answered_on = answer_day.calendar_on
