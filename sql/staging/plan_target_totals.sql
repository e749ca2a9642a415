-- one row per total that a plan's table of targets prints
select
    documents.document_id,
    totals.total_count,
    totals.line,
    totals.quoted_text
from raw.plan_target_totals as totals
inner join staging.plan_documents as documents on totals.source_sha256 = documents.source_sha256
