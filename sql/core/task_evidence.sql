-- one row per task, unit and record that shows how far the unit is with it. Only what names the task counts, or what a rule of a register's
-- descriptor (`evidence`) says; likeness of words decides nothing. A reference that fits several tasks of the unit counts for none
with tasks as (
    select
        tasks.task_id,
        tasks.document_id,
        tasks.plan_year,
        task_no_key(tasks.task_no) as task_key,
        document_number_key(documents.document_number) as document_key,
        documents.region_scope,
        coalesce(tasks.issued_on, make_date(cast(tasks.plan_year as integer), 1, 1)) as from_on,
        make_date(cast(tasks.plan_year as integer), 12, 31) as until_on,
        concat_ws(' ', tasks.task_title, tasks.quoted_text) as task_text
    from core.plan_tasks as tasks
    inner join core.plan_documents as documents on tasks.document_id = documents.document_id
),

referring as (
    select
        'progress_reports' as register_name,
        'task_reference' as evidence_rule,
        record_id,
        unit_id,
        case progress_status when '已完成' then 'completed' when '未开展' then 'not_started' else 'progress' end as evidence_kind,
        case progress_status when '已完成' then coalesce(completed_on, reported_on) else reported_on end as evidence_on,
        document_number_key(plan_document_number) as document_key,
        task_no_key(task_no) as task_key,
        progress_text as evidence_text,
        source_path,
        source_sheet,
        source_row
    from core.progress_reports
    union all
    select
        'disclosures' as register_name,
        'task_reference' as evidence_rule,
        disclosure_id as record_id,
        unit_id,
        'completed' as evidence_kind,
        published_on as evidence_on,
        nullif(document_number_key(regexp_extract(task_no, '^(.*号)', 1)), '') as document_key,
        task_no_key(regexp_replace(task_no, '^.*号', '')) as task_key,
        disclosure_title as evidence_text,
        source_path,
        source_sheet,
        source_row
    from core.disclosures
    where task_no is not null and disclosure_attribute = '主动公开' and withdrawn_on is null
),

candidates as (
    select referring.*, tasks.task_id, owners.owner_id is not null as is_owner
    from referring
    inner join tasks
        on
            referring.task_key = tasks.task_key
            and (referring.document_key = tasks.document_key or (referring.document_key is null and tasks.plan_year = year(referring.evidence_on)))
    cross join reference.run as run
    left join core.task_owners as owners on tasks.task_id = owners.task_id and referring.unit_id = owners.unit_id
    where tasks.region_scope = run.region_scope
),

referred as (
    select *
    from candidates
    where is_owner or document_key is not null
    qualify
        count(*) over (partition by register_name, record_id, is_owner) = 1
        and rank() over (partition by register_name, record_id order by is_owner desc) = 1
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
    task_id, unit_id, register_name, record_id, evidence_rule, evidence_kind, evidence_on, evidence_text, source_path, source_sheet, source_row
from referred
union all
select
    task_id, unit_id, register_name, record_id, evidence_rule, evidence_kind, evidence_on, evidence_text, source_path, source_sheet, source_row
from ruled
