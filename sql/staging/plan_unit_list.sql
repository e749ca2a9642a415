-- one row per unit of a list that a plan carries
select
    documents.document_id,
    listed.position,
    listed.unit_name as printed_unit_name,
    listed.line
from raw.plan_unit_list as listed
inner join staging.plan_documents as documents on listed.source_sha256 = documents.source_sha256
