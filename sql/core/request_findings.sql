-- one row per fault in the order of a request's events: what it is, and on which request
with days as (
    select days.*, requests.source_path as place_path, requests.source_sheet as place_sheet, requests.source_row as place_row
    from core.request_days as days
    inner join core.requests as requests on days.request_id = requests.request_id
),

asked as (
    select events.request_id, count(distinct events.event_on) as asked_count
    from core.request_events as events
    inner join core.request_days as days on events.request_id = days.request_id
    where events.event_kind = 'correction_asked' and events.event_on <= days.last_on
    group by events.request_id
),

faults as (
    select
        'request_never_received' as finding_kind, 'event_on' as column_name, request_id as record_id, place_path, place_sheet, place_row,
        '没有收到申请的记录，无法计算答复期限 (no receipt on file, so no term can be counted)' as finding_text
    from days
    where received_on is null
    union all
    select
        'correction_asked_twice' as finding_kind, 'event_kind' as column_name, days.request_id as record_id, days.place_path, days.place_sheet, days.place_row,
        '补正应一次性告知，记录了 ' || asked.asked_count || ' 次（条例第三十条） (a correction is asked for once; Regulations 30)' as finding_text
    from days
    inner join asked on days.request_id = asked.request_id
    where asked.asked_count > 1
    union all
    select
        'answered_without_outcome' as finding_kind, 'outcome_code' as column_name, request_id as record_id, place_path, place_sheet, place_row,
        '答复未注明结果，无法计入年度报告表三 (an answer without its outcome, which the annual report counts)' as finding_text
    from days
    where answered_on is not null and outcome_code is null
    union all
    select
        'answers_differ' as finding_kind, 'outcome_code' as column_name, days.request_id as record_id, days.place_path, days.place_sheet, days.place_row,
        '同日记有结果不同的答复，按年度报告表三所列顺序的第一种计入，请核对 (answers of one day differ; the first in the order of table 3 counts)' as finding_text
    from days
    inner join core.request_events as events
        on days.request_id = events.request_id and days.answered_on = events.event_on and events.event_kind = 'answered'
    group by all
    having count(distinct events.outcome_code) > 1
    union all
    select
        'clock_unknown' as finding_kind, 'event_kind' as column_name, requests.request_id as record_id, days.place_path, days.place_sheet, days.place_row,
        '登记不足以认定是否逾期或视为放弃（' || requests.outcome_reason || '），请补正登记 (the register does not bear out an outcome)' as finding_text
    from core.requests as requests
    inner join days on requests.request_id = days.request_id
    where requests.outcome = 'unknown'
    union all
    select
        'extended_late' as finding_kind, 'event_on' as column_name, terms.request_id as record_id, days.place_path, days.place_sheet, days.place_row,
        '延期告知于 ' || terms.extension_noticed_on || '，晚于原期限 ' || terms.base_due_on || '，延期无效（条例第三十三条） (extension noticed after the due date)' as finding_text
    from core.request_terms as terms
    inner join core.requests as requests on terms.request_id = requests.request_id and terms.start_event = requests.start_event
    inner join days on terms.request_id = days.request_id
    where terms.extension_noticed_on > terms.base_due_on
    union all
    select
        'extended_too_long' as finding_kind, 'extension_days' as column_name, events.request_id as record_id,
        events.source_path as place_path, events.source_sheet as place_sheet, events.source_row as place_row,
        '延长 ' || events.extension_days || ' 个工作日，最长不得超过 20 个（条例第三十三条），按 20 个计 (longer than 20 working days)' as finding_text
    from core.request_events as events
    where events.event_kind = 'extended' and events.extension_days > 20
)

select finding_kind, column_name, record_id, place_path as source_path, place_sheet as source_sheet, place_row as source_row, finding_text
from faults
