-- one row per record that names a task by its number, and task that it may mean: what it reports of the task, and in `doubt_reason` why that cannot be
-- relied on. `（二）, 二、, 2. and 第2项` are the same number; a record of a body that answers for a task is read as one of that task first
with tasks as (
    select
        tasks.task_id,
        tasks.plan_year,
        task_no_key(tasks.task_no) as task_key,
        document_number_key(documents.document_number) as document_key
    from core.plan_tasks as tasks
    inner join core.plan_documents as documents on tasks.document_id = documents.document_id
    inner join reference.run as run on documents.region_scope = run.region_scope
),

with_superseded_reports as ( -- a report of the same unit on the same task and day, of which only the latest counts
    select kept.record_id
    from core.record_versions as repeated
    inner join core.progress_reports as kept on repeated.record_id = kept.record_id
    where repeated.register_name = 'progress_reports' and repeated.version_kind = 'superseded'
    group by kept.record_id
),

references_to_tasks as (
    select
        'progress_reports' as register_name,
        reports.record_id,
        reports.unit_id,
        reports.evidence_kind,
        case reports.evidence_kind when 'completed' then coalesce(reports.completed_on, reports.reported_on) else reports.reported_on end as evidence_on,
        reports.reported_on as stated_on,
        case when reports.evidence_kind = 'unclear' then 'status_unclear' when with_superseded_reports.record_id is not null then 'versions_differ' end as doubt_reason,
        document_number_key(reports.plan_document_number) as document_key,
        task_no_key(reports.task_no) as task_key,
        reports.progress_text as evidence_text,
        reports.source_path,
        reports.source_sheet,
        reports.source_row
    from core.progress_reports as reports
    left join with_superseded_reports on reports.record_id = with_superseded_reports.record_id
    union all
    select
        'progress_reports' as register_name,
        reports.record_id,
        aliases.unit_id,
        'unclear' as evidence_kind,
        reports.reported_on as evidence_on,
        reports.reported_on as stated_on,
        'set_aside' as doubt_reason,
        document_number_key(reports.plan_document_number) as document_key,
        task_no_key(reports.task_no) as task_key,
        reports.progress_text as evidence_text,
        reports.source_path,
        reports.source_sheet,
        reports.source_row
    from quarantine.progress_reports as reports
    cross join reference.run as run
    left join core.unit_aliases as aliases on reports.printed_unit_name = aliases.alias_name and run.region_scope = aliases.region_scope
    union all
    select
        'disclosures' as register_name,
        disclosure_id as record_id,
        unit_id,
        'completed' as evidence_kind,
        published_on as evidence_on,
        published_on as stated_on,
        case when not is_released then 'held_back' end as doubt_reason,
        nullif(document_number_key(cited_document_number(task_no)), '') as document_key,
        task_no_key(cited_task_number(task_no)) as task_key,
        disclosure_title as evidence_text,
        source_path,
        source_sheet,
        source_row
    from core.disclosures
    where task_no is not null and published_on is not null
),

candidates as (
    select references_to_tasks.*, tasks.task_id, owners.owner_id is not null as is_owner
    from references_to_tasks
    inner join tasks
        on
            references_to_tasks.task_key = tasks.task_key
            and (
                references_to_tasks.document_key = tasks.document_key
                or (references_to_tasks.document_key is null and tasks.plan_year = coalesce(year(references_to_tasks.evidence_on), tasks.plan_year))
            )
    left join core.task_owners as owners on tasks.task_id = owners.task_id and references_to_tasks.unit_id = owners.unit_id
),

ranked_candidates as (
    select
        *,
        count(*) over (partition by register_name, record_id, source_path, source_sheet, source_row, is_owner) > 1 as is_ambiguous
    from candidates
    where is_owner or document_key is not null
    qualify rank() over (partition by register_name, record_id, source_path, source_sheet, source_row order by is_owner desc) = 1
)

select
    task_id,
    unit_id,
    is_owner,
    register_name,
    record_id,
    evidence_kind,
    evidence_on,
    stated_on,
    case
        when is_ambiguous then 'several_tasks'
        when doubt_reason is not null then doubt_reason
        when not is_owner and evidence_kind = 'completed' then 'other_unit'
    end as doubt_reason,
    evidence_text,
    source_path,
    source_sheet,
    source_row
from ranked_candidates
