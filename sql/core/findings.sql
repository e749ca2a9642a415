-- one row per fault found in a source: what it is, and where it stands
with faults as (
    select
        unnest(fault_kinds) as finding_kind, disclosure_id as record_id,
        source_path, source_sheet, source_row, '应满足：' || unnest(broken_rules) || '；更正后重报' as finding_text
    from quarantine.disclosures
    union all
    select
        unnest(fault_kinds) as finding_kind, unit_name as record_id,
        source_path, null as source_sheet, source_row, '应满足：' || unnest(broken_rules) || '；更正后重报' as finding_text
    from quarantine.units
    union all
    select
        'duplicate' as finding_kind, disclosure_id as record_id,
        source_path, source_sheet, source_row, '与前面的记录标识相同，只计第一条 (id already borne by an earlier row)' as finding_text
    from core.repeated_disclosures
    union all
    select
        'unknown_unit' as finding_kind, disclosure_id as record_id,
        source_path, source_sheet, source_row, '单位名称“' || printed_unit_name || '”不在单位名单中 (unit in no list)' as finding_text
    from core.disclosures
    where unit_id is null
    union all
    select
        'withheld_without_reason' as finding_kind, disclosure_id as record_id,
        source_path, source_sheet, source_row,
        '不予公开未注明条例第十四条、第十五条或第十六条的理由 (withheld without its legal reason; Regulations 14 to 16)' as finding_text
    from core.disclosures
    where disclosure_attribute = '不予公开' and withheld_article is null
    union all
    select
        'not_reviewed' as finding_kind, disclosure_id as record_id,
        source_path, source_sheet, source_row, '审核状态不是通过，暂不发布 (not passed by review: held back; Regulations 17)' as finding_text
    from core.disclosures
    where disclosure_attribute = '主动公开' and not is_reviewed(review_state)
    union all
    select
        'published_before_made' as finding_kind, disclosure_id as record_id,
        source_path, source_sheet, source_row, '公开日期早于形成日期 (published before it was made)' as finding_text
    from core.disclosures
    where published_on < made_on
    union all
    select
        'published_late' as finding_kind, disclosure_id as record_id,
        source_path, source_sheet, source_row, '晚于法定期限 ' || due_on || '，逾期 ' || days_late || ' 个工作日 (published late; Regulations 26)' as finding_text
    from core.disclosures
    where disclosure_attribute = '主动公开' and published_on is not null and days_late > 0
    union all
    select
        'not_published' as finding_kind, disclosure_id as record_id,
        source_path, source_sheet, source_row, '已过法定期限 ' || due_on || ' 仍未公开，逾期 ' || days_late || ' 个工作日 (overdue; Regulations 26)' as finding_text
    from core.disclosures
    where disclosure_attribute = '主动公开' and published_on is null and withdrawn_on is null and days_late > 0
    union all
    select
        'unit_not_listed' as finding_kind, task_id as record_id,
        document_id as source_path, null as source_sheet, null as source_row, '任务单位“' || printed_unit_name || '”不在单位名单中 (unit of a task in no list)' as finding_text
    from core.task_units
    where match_rule = 'unmatched'
    union all
    select
        'total_differs' as finding_kind, document_id as record_id,
        document_id as source_path,
        null as source_sheet,
        null as source_row,
        '合计印为 ' || total_count || '，各行之和为 ' || summed_count || ' (printed total is not the sum of its rows)' as finding_text
    from core.unit_target_totals
    where total_count <> summed_count
)

select
    finding_kind,
    record_id,
    source_path,
    cast(source_sheet as varchar) as source_sheet,
    cast(source_row as bigint) as source_row,
    finding_text
from faults
