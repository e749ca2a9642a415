-- one row per address of a plan and version that stood there; the ledger has all of them, readings of former ones come from the raw store.
-- changed_at is when it was first seen in the place of the one before (null for the first, so that the same inbox gives the same table)
with documents as (
    select source_sha256, title, doc_number, issued_on from raw.plan_documents
    union all
    select source_sha256, title, doc_number, issued_on from raw.former_plan_documents
)

select
    sources.source_path as document_id,
    sources.source_sha256,
    row_number() over (partition by sources.source_path order by sources.seen_from) as version_number,
    case when sources.seen_from > min(sources.seen_from) over (partition by sources.source_path) then sources.seen_from end as changed_at,
    documents.title as document_title,
    documents.doc_number as document_number,
    documents.issued_on
from raw.sources as sources
inner join documents on sources.source_sha256 = documents.source_sha256
where sources.source_kind = 'plans'
