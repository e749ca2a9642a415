-- one row per term that was not kept in time, or of which that is not known yet, of a record that leaves row by row: between days that its dataset shows
select
    concat_ws('/', records.register_name, records.record_id, runs.rule_id) as evidence_id,
    records.register_name,
    records.record_id,
    runs.rule_id,
    rules.rule_title,
    rules.law,
    rules.article,
    runs.start_event,
    runs.start_on,
    rules.day_unit,
    case when runs.due_on is not null then cast(rules.term_days as bigint) end as counted_days,
    runs.due_on - runs.start_on - cast(rules.term_days as bigint) as skipped_days,
    runs.due_on,
    runs.is_provisional as is_due_provisional,
    runs.done_event,
    runs.done_on,
    runs.days_late,
    runs.outcome,
    runs.outcome_reason,
    records.source_path,
    records.source_sheet,
    records.source_row
from core.public_records as records
inner join core.register_receipts as runs
    on
        records.register_name = runs.register_name
        and records.record_id = runs.record_id
        and list_contains(records.public_days, runs.start_event)
        and (runs.done_event is null or list_contains(records.public_days, runs.done_event))
inner join reference.clock_rules as rules on runs.rule_id = rules.rule_id
where runs.outcome <> 'in_time'
