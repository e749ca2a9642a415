-- one row per verdict of a unit that a release publishes and that the unit may answer, with what a reply may name it by (a view)
with late_records as (
    select disclosure_id as record_id, disclosure_title as record_title, unit_id, days_late, is_released
    from core.disclosures
    union all
    select record_id, matter_title as record_title, unit_id, days_late, is_released
    from core.enforcement_results
    union all
    select record_id, document_title as record_title, unit_id, days_late, is_released
    from core.normative_documents
),

of_years as (
    select 'target_progress' as verdict_kind, unit_id, plan_year
    from core.target_progress
    union all
    select 'scorecard' as verdict_kind, unit_id, plan_year
    from core.scores
)

select
    'task_delivery' as verdict_kind,
    delivery.task_id as verdict_id,
    delivery.unit_id,
    delivery.task_id,
    delivery.plan_year,
    delivery.task_title as verdict_title,
    delivery.task_no,
    documents.document_number,
    documents.document_title
from core.task_delivery as delivery
inner join core.plan_documents as documents on delivery.document_id = documents.document_id
where delivery.unit_id is not null
union all
select
    'publication_term' as verdict_kind, record_id as verdict_id, unit_id, null as task_id, null as plan_year, record_title as verdict_title,
    null as task_no, null as document_number, null as document_title
from late_records
where days_late > 0 and is_released and unit_id is not null
union all
select
    verdict_kind, unit_id || '/' || plan_year as verdict_id, unit_id, null as task_id, plan_year, null as verdict_title,
    null as task_no, null as document_number, null as document_title
from of_years
