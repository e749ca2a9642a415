-- one row per plan document, with its region and the number of its tasks
with counted as (
    select document_id, count(*) as task_count
    from staging.plan_tasks
    group by document_id
)

select
    documents.document_id,
    documents.document_title,
    documents.issuer_name,
    documents.document_number,
    documents.issued_on,
    documents.plan_year,
    scopes.region_code,
    scopes.region_name,
    scopes.region_scope,
    documents.disclosure_attribute,
    coalesce(counted.task_count, 0) as task_count,
    documents.line_count,
    documents.text_format,
    documents.source_path,
    documents.source_sha256
from staging.plan_documents as documents
inner join core.document_scopes as scopes on documents.document_id = scopes.document_id
left join counted on documents.document_id = counted.document_id
