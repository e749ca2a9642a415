-- one row per task, with the year of its plan
select
    tasks.*,
    documents.plan_year,
    documents.region_code,
    documents.issued_on
from staging.plan_tasks as tasks
inner join core.plan_documents as documents on tasks.document_id = documents.document_id
