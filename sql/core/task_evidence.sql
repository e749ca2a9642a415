-- one row per task, unit and record that shows how far the unit is with it. Only what names the task counts, or what a rule of a register's
-- descriptor (`evidence`) says; likeness of words decides nothing. What names a task and cannot be relied on is in core.task_doubts
with tasks as (
    select
        tasks.task_id,
        coalesce(tasks.issued_on, make_date(cast(tasks.plan_year as integer), 1, 1)) as from_on,
        make_date(cast(tasks.plan_year as integer), 12, 31) as until_on,
        concat_ws(' ', tasks.task_title, tasks.quoted_text) as task_text
    from core.plan_tasks as tasks
),

ruled_tasks as (
    select tasks.task_id, tasks.from_on, tasks.until_on, rules.register_name, rules.evidence_rule
    from tasks
    inner join reference.evidence_rules as rules on regexp_matches(tasks.task_text, rules.task_pattern)
),

ruled as (
    select
        records.register_name, records.evidence_rule, records.record_id, records.unit_id, records.evidence_kind, records.evidence_on,
        records.evidence_text, records.source_path, records.source_sheet, records.source_row, ruled_tasks.task_id
    from ruled_tasks
    inner join core.register_evidence as records
        on
            ruled_tasks.register_name = records.register_name and ruled_tasks.evidence_rule = records.evidence_rule
            and records.evidence_on between ruled_tasks.from_on and ruled_tasks.until_on
    semi join core.task_owners as owners on ruled_tasks.task_id = owners.task_id and records.unit_id = owners.unit_id
)

select
    task_id, unit_id, register_name, record_id, 'task_reference' as evidence_rule, evidence_kind, evidence_on, evidence_text, source_path, source_sheet,
    source_row
from core.task_references
where doubt_reason is null or doubt_reason = 'other_unit'
union all
select
    task_id, unit_id, register_name, record_id, evidence_rule, evidence_kind, evidence_on, evidence_text, source_path, source_sheet, source_row
from ruled
