-- one row per task of a plan that may leave, with the year of its plan and what a person said of its reading; tasks of documents that are held stay in
-- staging.plan_tasks
select
    tasks.* replace (coalesce(decisions.task_decision <> 'right', tasks.needs_review) as needs_review),
    decisions.task_decision,
    documents.plan_year,
    documents.region_code,
    documents.issued_on
from staging.plan_tasks as tasks
inner join core.plan_documents as documents on tasks.document_id = documents.document_id
left join reference.task_decisions as decisions on tasks.reading_sha256 = decisions.reading_sha256
where documents.is_released
