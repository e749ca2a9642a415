-- one row per row of a plan's table of yearly targets
select
    documents.document_id,
    targets.position,
    targets.unit_name as printed_unit_name,
    targets.target_count,
    targets.target_text,
    targets.line,
    targets.quoted_text
from raw.plan_unit_targets as targets
inner join staging.plan_documents as documents on targets.source_sha256 = documents.source_sha256
