-- one row per request and day from which its term for an answer may run: receipt, corrected request, payment; each counted to its end
-- by itself: 20 working days (Regulations 33), pauses left out, one extension of at most 20 more where it was noticed in time
with rules as (
    select
        max(cast(term_days as bigint)) filter (rule_id = 'request_answer') as answer_days,
        max(cast(term_days as bigint)) filter (rule_id = 'request_extension') as extension_days
    from reference.clock_rules
),

starts as (
    select request_id, receipt_event as start_event, receipt_on as start_on
    from core.request_days
    where receipt_on is not null
    union all
    select request_id, 'corrected' as start_event, corrected_on as start_on
    from core.request_days
    where corrected_on is not null
    union all
    select request_id, 'fee_paid' as start_event, fee_paid_on as start_on
    from core.request_days
    where fee_paid_on is not null
),

numbered as (
    select starts.*, days.working_day_number as start_number
    from starts
    left join core.calendar as days on starts.start_on = days.calendar_on
),

pauses as (
    select
        numbered.request_id,
        numbered.start_event,
        greatest(consultations.from_number, numbered.start_number) as from_number,
        consultations.until_number
    from numbered
    inner join core.request_consultations as consultations
        on numbered.request_id = consultations.request_id and numbered.start_number < consultations.until_number
    where consultations.until_number > consultations.from_number
),

marked as (
    select
        *,
        coalesce(
            from_number > max(until_number) over (
                partition by request_id, start_event order by from_number, until_number rows between unbounded preceding and 1 preceding
            ), true
        ) as is_first
    from pauses
),

grouped as (
    select *, sum(cast(is_first as integer)) over (partition by request_id, start_event order by from_number, until_number rows unbounded preceding) as island
    from marked
),

islands as (
    select request_id, start_event, island, min(from_number) as from_number, max(until_number) - min(from_number) as taken
    from grouped
    group by all
),

placed as (
    select
        *,
        coalesce(sum(taken) over (
            partition by request_id, start_event order by from_number rows between unbounded preceding and 1 preceding
        ), 0) as taken_before
    from islands
),

paused as (
    select request_id, start_event, list({ 'from_number': from_number, 'taken': taken, 'taken_before': taken_before }) as islands
    from placed
    group by request_id, start_event
),

based as (
    select
        numbered.*,
        paused.islands,
        rules.answer_days,
        numbered.start_number + rules.answer_days + paused_before(paused.islands, numbered.start_number + rules.answer_days) as base_number
    from numbered
    cross join rules
    left join paused on numbered.request_id = paused.request_id and numbered.start_event = paused.start_event
),

noticed as (
    select
        based.*,
        base_day.calendar_on as base_due_on,
        days.extensions,
        first_between(days_of(days.extensions), based.start_on, days.last_on) as extension_noticed_on
    from based
    inner join core.request_days as days on based.request_id = days.request_id
    left join core.calendar as base_day on based.base_number = base_day.working_day_number and base_day.is_working_day
),

extended as (
    select
        noticed.*,
        case
            when noticed.extension_noticed_on <= noticed.base_due_on
                then longest_extension(on_day(noticed.extensions, noticed.extension_noticed_on), rules.extension_days)
            else 0
        end as extension_days
    from noticed
    cross join rules
),

ended as (
    select
        *,
        start_number + answer_days + extension_days + paused_before(islands, start_number + answer_days + extension_days) as end_number
    from extended
)

select
    ended.request_id,
    ended.start_event,
    ended.start_on,
    ended.extension_noticed_on,
    ended.base_due_on,
    ended.extension_days,
    ended.answer_days + ended.extension_days as counted_days,
    due.calendar_on as due_on,
    due.working_day_number as due_number,
    due.is_provisional
from ended
left join core.calendar as due on ended.end_number = due.working_day_number and due.is_working_day
