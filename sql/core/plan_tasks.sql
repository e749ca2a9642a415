-- one row per task of a plan that may leave, with the year of its plan; tasks of documents that are held stay in staging.plan_tasks
select
    tasks.*,
    documents.plan_year,
    documents.region_code,
    documents.issued_on
from staging.plan_tasks as tasks
inner join core.plan_documents as documents on tasks.document_id = documents.document_id
where documents.is_released
