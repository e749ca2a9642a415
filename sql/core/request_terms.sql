-- one row per request and day from which its term for an answer may run: receipt, corrected request, payment, none before the receipt; each counted to its end
-- by itself: 20 working days (Regulations 33), pauses left out, and the extensions noticed while it ran, together 20 more at most
with recursive rules as (
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
    select request_id, 'corrected' as start_event, greatest(corrected_on, receipt_on) as start_on
    from core.request_days
    where corrected_on is not null
    union all
    select request_id, 'fee_paid' as start_event, greatest(fee_paid_on, receipt_on) as start_on
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

longest as (
    select notices.request_id, notices.notice.day as noticed_on, max(extension_length(notices.notice.days, rules.extension_days)) as length
    from (select request_id, unnest(extensions) as notice from core.request_days) as notices
    cross join rules
    group by all
),

-- each notice with the number of the first working day on or after it: it is in time while the term's last day is not before that
noticed as (
    select
        longest.request_id,
        longest.noticed_on,
        longest.length,
        day.working_day_number + cast(not day.is_working_day as integer) as notice_number,
        row_number() over (partition by longest.request_id order by longest.noticed_on) as notice_index
    from longest
    inner join core.calendar as day on longest.noticed_on = day.calendar_on
),

based as (
    select
        numbered.*,
        paused.islands,
        noticed.noticed_on as extension_noticed_on,
        rules.answer_days,
        rules.extension_days as most_days,
        numbered.start_number + rules.answer_days + paused_before(paused.islands, numbered.start_number + rules.answer_days) as base_number
    from numbered
    cross join rules
    left join paused on numbered.request_id = paused.request_id and numbered.start_event = paused.start_event
    left join noticed on numbered.request_id = noticed.request_id and noticed.notice_index = 1
),

lengthened as (
    select request_id, start_event, cast(0 as bigint) as notice_index, cast(0 as bigint) as extension_days
    from based
    union all
    select
        lengthened.request_id,
        lengthened.start_event,
        noticed.notice_index,
        case
            when
                noticed.notice_number <= based.start_number + based.answer_days + lengthened.extension_days
                + paused_before(based.islands, based.start_number + based.answer_days + lengthened.extension_days)
                then least(based.most_days, lengthened.extension_days + noticed.length)
            else lengthened.extension_days
        end as extension_days
    from lengthened
    inner join based on lengthened.request_id = based.request_id and lengthened.start_event = based.start_event
    inner join noticed on lengthened.request_id = noticed.request_id and lengthened.notice_index + 1 = noticed.notice_index
),

lengths as (
    select request_id, start_event, max(extension_days) as extension_days
    from lengthened
    group by request_id, start_event
),

extended as (
    select based.*, lengths.extension_days
    from based
    inner join lengths on based.request_id = lengths.request_id and based.start_event = lengths.start_event
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
    base_day.calendar_on as base_due_on,
    ended.extension_days,
    ended.answer_days + ended.extension_days as counted_days,
    due.calendar_on as due_on,
    due.working_day_number as due_number,
    ended.end_number > 1000000 as is_open_ended,
    due.is_provisional
from ended
left join core.calendar as base_day on ended.base_number = base_day.working_day_number and base_day.is_working_day
left join core.calendar as due on ended.end_number = due.working_day_number and due.is_working_day
