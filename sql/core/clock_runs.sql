-- one row per term that ran, of every register: its days and what became of it; core.receipts adds how they were counted (a view)
select
    register_name, record_id, unit_id, rule_id, start_event, start_on, cast(null as date) as restart_on, 0 as extension_days,
    cast(null as bigint) as counted_days, due_on, done_event, done_on, days_late, outcome, outcome_reason, is_provisional, source_path, source_sheet, source_row
from core.register_receipts
union all
select
    'request_events' as register_name, record_id, unit_id, rule_id, start_event, start_on, restart_on, extension_days,
    counted_days, due_on, done_event, done_on, days_late, outcome, outcome_reason, is_provisional, source_path, source_sheet, source_row
from core.request_receipts
