-- one row per fault found in a source: what it is, and where it stands
with places as (
    select document_id, source_path
    from staging.plan_documents
),

faults as (
    select finding_kind, register_name, column_name, null as rule_id, record_id, source_path, source_sheet, source_row, finding_text
    from core.record_findings
    union all
    select
        receipts.outcome as finding_kind, receipts.register_name, null as column_name, receipts.rule_id, receipts.record_id,
        receipts.source_path, receipts.source_sheet, receipts.source_row,
        rules.rule_title || '期限为 ' || receipts.due_on || case receipts.outcome when 'late' then '，完成于 ' || receipts.done_on else '，至今未完成' end
        || '，逾期 ' || receipts.days_late || case rules.day_unit when 'working' then ' 个工作日' else ' 天' end
        || '（' || rules.law || rules.article || '） (' || rules.rule_title_en || ': ' || receipts.outcome || ')' as finding_text
    from core.clock_runs as receipts
    inner join reference.clock_rules as rules on receipts.rule_id = rules.rule_id
    where receipts.outcome in ('late', 'overdue') and rules.bound_party = 'organ'
    union all
    select finding_kind, 'request_events' as register_name, column_name, null as rule_id, record_id, source_path, source_sheet, source_row, finding_text
    from core.request_findings
    union all
    select
        unnest(fault_kinds) as finding_kind, 'units' as register_name, 'unit_name' as column_name, null as rule_id, unit_name as record_id,
        source_path, null as source_sheet, source_row, '应满足：' || unnest(broken_rules) || '；更正后重报' as finding_text
    from quarantine.units
    union all
    select
        unnest(tasks.fault_kinds) as finding_kind, null as register_name, 'quoted_text' as column_name, null as rule_id, tasks.task_id as record_id,
        places.source_path, null as source_sheet, tasks.line_start as source_row, '应满足：' || unnest(tasks.broken_rules) || '；更正原文后重报' as finding_text
    from quarantine.plan_tasks as tasks
    inner join places on tasks.document_id = places.document_id
    union all
    select
        'withheld_without_reason' as finding_kind, 'disclosures' as register_name, 'withheld_reason' as column_name, null as rule_id, disclosure_id as record_id,
        source_path, source_sheet, source_row,
        '不予公开未注明条例第十四条、第十五条或第十六条的理由 (withheld without its legal reason; Regulations 14 to 16)' as finding_text
    from core.disclosures
    where is_withheld and hold_reason = 'withheld' and withheld_article is null
    union all
    select
        'unit_not_listed' as finding_kind, null as register_name, null as column_name, null as rule_id, named.task_id as record_id,
        places.source_path, null as source_sheet, null as source_row,
        '任务单位“' || named.printed_unit_name || '”不在单位名单中 (unit of a task in no list)' as finding_text
    from core.task_units as named
    inner join places on named.document_id = places.document_id
    where named.match_rule = 'unmatched'
    union all
    select
        case documents.hold_reason
            when 'unknown_attribute' then 'document_attribute_unknown' when 'quotes_held' then 'document_quotes_held' when 'not_a_plan' then 'document_not_plan'
            when 'unknown_kind' then 'document_kind_unknown' when 'decision' then 'document_held_by_decision' else 'document_' || documents.hold_reason
        end as finding_kind,
        null as register_name, 'hold_reason' as column_name, null as rule_id, documents.document_id as record_id,
        documents.source_path, null as source_sheet, documents.hold_line as source_row,
        case documents.hold_reason
            when 'unknown_attribute' then '公开标志不明，整份文件暂不发布' when 'quotes_held' then '引用了未公开的文件，整份文件暂不发布'
            when 'not_a_plan' then '不是计划（' || kinds.kind_title || '），暂不发布' when 'unknown_kind' then '看不出是不是计划，暂不发布'
            when 'decision' then '按人工决定不发布'
            when 'copy' then '与 ' || documents.hold_text || ' 是同一文件（文号、标题相同，或无文号而机关、标题、年份相同）而内容有别，按同一文件的另一份看待，任务不重复计算；请删去不用的一份，确是两份文件的请改正文号或标题'
            else '文件标有“' || documents.hold_text || '”，整份文件及其任务、目标不发布'
        end
        || case when documents.hold_reason in ('unknown_attribute', 'quotes_held') then '：' || documents.hold_text else '' end
        || case
            when documents.hold_reason in ('unknown_attribute', 'quotes_held', 'not_a_plan', 'unknown_kind')
                then '；请人工判断，并在 decisions/documents.csv 中写明 release 或 hold (held for a person: ' || documents.hold_reason || ')'
            when documents.hold_reason = 'decision' then ' (held by a person''s decision)'
            when documents.hold_reason = 'copy' then ' (another copy of a document that stands: its tasks count once)'
            else ' (its own mark holds it: ' || documents.hold_reason || '); 标志有误的，请更正文件'
        end as finding_text
    from core.plan_documents as documents
    left join reference.document_kinds as kinds on documents.document_kind = kinds.document_kind
    where not documents.is_released
    union all
    select
        'document_incomplete' as finding_kind, null as register_name, 'is_incomplete' as column_name, null as rule_id, losses.document_id as record_id,
        places.source_path, null as source_sheet, null as source_row,
        concat_ws(' ', case when losses.page is not null then '第' || losses.page || '页' end, losses.loss_text, losses.loss_remedy) as finding_text
    from staging.plan_losses as losses
    inner join places on losses.document_id = places.document_id
    union all
    select
        'document_without_tasks' as finding_kind, null as register_name, 'task_count' as column_name, null as rule_id, documents.document_id as record_id,
        documents.source_path, null as source_sheet, null as source_row,
        '没有读出任何任务；请对照原件核实 (no task was read; compare with the original)' as finding_text
    from core.plan_documents as documents
    anti join staging.plan_unit_targets as targets on documents.document_id = targets.document_id
    anti join staging.plan_unit_list as units on documents.document_id = units.document_id
    where documents.task_count = 0 and documents.is_released
    union all
    select
        'total_differs' as finding_kind, null as register_name, null as column_name, null as rule_id, totals.document_id as record_id,
        places.source_path,
        null as source_sheet,
        null as source_row,
        '合计印为 ' || totals.total_count || '，各行之和为 ' || totals.summed_count || ' (printed total is not the sum of its rows)' as finding_text
    from core.unit_target_totals as totals
    inner join places on totals.document_id = places.document_id
    where totals.total_count <> totals.summed_count
    union all
    select
        finding_kind, 'annual_report_cells' as register_name, 'cell_text' as column_name, null as rule_id, record_id,
        source_path, source_sheet, source_row, finding_text
    from core.annual_report_faults
    union all
    select
        note_kind as finding_kind, register_name, column_name, null as rule_id, null as record_id,
        source_path, source_sheet, source_row, note_place || '：' || note_text as finding_text
    from staging.source_notes
    where
        note_kind in (
            'unreadable_error', 'unreadable_formula', 'lost_digits', 'hidden_row', 'hidden_column', 'hidden_sheet', 'explaining_sheet',
            'second_column', 'stray_cells', 'loose_header'
        )
    union all
    select
        'clock_without_column' as finding_kind, register_name, column_name, rule_id, null as record_id,
        source_path, null as source_sheet, null as source_row, finding_text
    from core.unjudged_clocks
)

select
    finding_kind,
    register_name,
    column_name,
    rule_id,
    record_id,
    source_path,
    cast(source_sheet as varchar) as source_sheet,
    cast(source_row as bigint) as source_row,
    finding_text
from faults
