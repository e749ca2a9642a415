-- one row per term that ran, with all that an auditor needs to count it again (a view: computed when asked)
with counted as (
    select
        runs.* exclude (counted_days),
        rules.rule_title,
        rules.law,
        rules.article,
        rules.day_unit,
        case when runs.due_on is not null then coalesce(runs.counted_days, cast(rules.term_days as bigint)) end as counted_days
    from core.clock_runs as runs
    inner join reference.clock_rules as rules on runs.rule_id = rules.rule_id
)

select
    counted.register_name,
    counted.record_id,
    counted.rule_id,
    counted.rule_title,
    counted.law,
    counted.article,
    counted.unit_id,
    counted.start_event,
    counted.start_on,
    counted.restart_on,
    counted.extension_days,
    counted.day_unit,
    counted.counted_days,
    counted.due_on - counted.start_on - counted.counted_days as skipped_days,
    case when counted.day_unit = 'working' then (
        select
            list({
                'starts_on': greatest(days_off.starts_on, counted.start_on + 1),
                'ends_on': least(days_off.ends_on, counted.due_on),
                'why': coalesce(days_off.holiday_name, text_weekend())
            } order by days_off.starts_on)
        from core.days_off as days_off
        where days_off.ends_on > counted.start_on and days_off.starts_on <= counted.due_on
    ) end as days_off,
    case when counted.rule_id = 'request_answer' then (
        select
            list({
                'starts_on': greatest(paused.consulted_on, counted.start_on) + 1,
                'ends_on': paused.resumes_on,
                'why': coalesce(paused.rule_id, paused.consulted_kind)
            } order by paused.consulted_on, paused.resumes_on, paused.rule_id)
        from core.request_consultations as paused
        where paused.request_id = counted.record_id and paused.resumes_on > counted.start_on and paused.consulted_on < counted.due_on
    ) end as pauses,
    counted.due_on,
    counted.done_event,
    counted.done_on,
    counted.days_late,
    counted.outcome,
    counted.outcome_reason,
    counted.outcome = 'lapsed' as is_lapsed,
    counted.is_provisional,
    counted.source_path,
    counted.source_sheet,
    counted.source_row
from counted
