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
        text_term_missed(
            rules.rule_title,
            receipts.due_on,
            case receipts.outcome when 'late' then text_term_ended_late(receipts.done_on) else text_term_not_ended() end,
            receipts.days_late,
            case rules.day_unit when 'working' then text_working_days() else text_calendar_days() end,
            rules.law,
            rules.article,
            rules.rule_title_en,
            receipts.outcome
        ) as finding_text
    from core.clock_runs as receipts
    inner join reference.clock_rules as rules on receipts.rule_id = rules.rule_id
    where receipts.outcome in ('late', 'overdue') and rules.bound_party = 'organ'
    union all
    select finding_kind, 'request_events' as register_name, column_name, null as rule_id, record_id, source_path, source_sheet, source_row, finding_text
    from core.request_findings
    union all
    select
        case verdicts.match_reason when 'quotes_held' then 'reply_quotes_held' else 'reply_without_verdict' end as finding_kind,
        'unit_replies' as register_name,
        if(verdicts.match_reason = 'quotes_held', 'reply_text', 'verdict_id') as column_name,
        null as rule_id, replies.record_id,
        replies.source_path, replies.source_sheet, replies.source_row,
        case verdicts.match_reason
            when 'nothing_named' then text_reply_names_nothing()
            when 'several_verdicts' then text_reply_fits_several()
            when 'kind_unclear' then text_reply_kind_unclear()
            when 'quotes_held' then text_reply_quotes_held()
            else text_reply_fits_none()
        end as finding_text
    from core.unit_replies as replies
    inner join core.reply_verdicts as verdicts on replies.record_id = verdicts.record_id
    where verdicts.match_reason <> 'unit_unknown'
    union all
    select
        'reply_rejected_without_reason' as finding_kind, 'unit_replies' as register_name, 'reply_state_reason' as column_name, null as rule_id, record_id,
        source_path, source_sheet, source_row,
        text_reply_rejected_without_reason() as finding_text
    from core.unit_replies
    where reply_state = 'rejected' and reply_state_reason is null
    union all
    select
        unnest(fault_kinds) as finding_kind, 'units' as register_name, 'unit_name' as column_name, null as rule_id, unit_name as record_id,
        source_path, null as source_sheet, source_row, unnest(remedy_texts) as finding_text
    from quarantine.units
    union all
    select
        unnest(tasks.fault_kinds) as finding_kind, null as register_name, 'quoted_text' as column_name, null as rule_id, tasks.task_id as record_id,
        places.source_path, null as source_sheet, tasks.line_start as source_row, unnest(tasks.remedy_texts) as finding_text
    from quarantine.plan_tasks as tasks
    inner join places on tasks.document_id = places.document_id
    union all
    select
        'withheld_without_reason' as finding_kind, 'disclosures' as register_name, 'withheld_reason' as column_name, null as rule_id, disclosure_id as record_id,
        source_path, source_sheet, source_row,
        text_withheld_without_reason() as finding_text
    from core.disclosures
    where is_withheld and hold_reason = 'withheld' and withheld_article is null
    union all
    select
        'unit_not_listed' as finding_kind, null as register_name, null as column_name, null as rule_id, named.task_id as record_id,
        places.source_path, null as source_sheet, null as source_row,
        text_unit_not_listed(named.printed_unit_name) as finding_text
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
            when 'unknown_attribute' then text_document_for_decision(text_document_attribute_unknown(documents.hold_text), documents.hold_reason)
            when 'quotes_held' then text_document_for_decision(text_document_quotes_held(documents.hold_text), documents.hold_reason)
            when 'not_a_plan' then text_document_for_decision(text_document_not_plan(kinds.kind_title), documents.hold_reason)
            when 'unknown_kind' then text_document_for_decision(text_document_kind_unknown(), documents.hold_reason)
            when 'decision' then text_document_held_by_decision()
            when 'copy' then text_document_copy(documents.hold_text)
            else text_document_marked(documents.hold_text, documents.hold_reason)
        end as finding_text
    from core.plan_documents as documents
    left join reference.document_kinds as kinds on documents.document_kind = kinds.document_kind
    where not documents.is_released
    union all
    select
        'document_incomplete' as finding_kind, null as register_name, 'is_incomplete' as column_name, null as rule_id, losses.document_id as record_id,
        places.source_path, null as source_sheet, null as source_row,
        concat_ws(' ', case when losses.page is not null then text_page(losses.page) end, losses.loss_text, losses.loss_remedy) as finding_text
    from staging.plan_losses as losses
    inner join places on losses.document_id = places.document_id
    union all
    select
        'document_without_tasks' as finding_kind, null as register_name, 'task_count' as column_name, null as rule_id, documents.document_id as record_id,
        documents.source_path, null as source_sheet, null as source_row,
        text_document_without_tasks() as finding_text
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
        text_total_differs(totals.total_count, totals.summed_count) as finding_text
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
            'unreadable_error', 'unreadable_formula', 'lost_digits', 'hidden_row', 'hidden_column', 'hidden_sheet', 'private_sheet_name', 'explaining_sheet',
            'second_column', 'stray_cells', 'loose_header', 'merged_across', 'other_cells', 'unreadable_garbled', 'mended_text'
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
