-- one row per plan document that stands and version of it: what stood before at its addresses, and under other names that are gone the same document.
-- The ledger has all of them, readings of former ones come from the raw store.
-- changed_at is when it was first seen in the place of the one before (null for the first, so that the same inbox gives the same table)
with readings as (
    select source_sha256, title, doc_number, issued_on, issuer, plan_year from raw.plan_documents
    union all
    select source_sha256, title, doc_number, issued_on, issuer, plan_year from raw.former_plan_documents
),

seen as (
    select
        sources.source_path,
        sources.source_sha256,
        sources.seen_from,
        readings.title,
        readings.doc_number,
        readings.issued_on,
        document_key_of(readings.doc_number, readings.issuer, readings.title, readings.plan_year) as document_key,
        max(standing.source_sha256) over (partition by sources.source_path) as standing_sha256
    from raw.sources as sources
    inner join readings on sources.source_sha256 = readings.source_sha256
    left join raw.sources as standing
        on sources.source_path = standing.source_path and standing.source_kind = 'plans' and standing.seen_until is null
    where sources.source_kind = 'plans'
),

bearers as ( -- of several files of one document the one that came first
    select document_key, arg_min(document_id, row(arrived_at, document_id)) as document_id
    from staging.plan_documents
    where document_key is not null
    group by document_key
),

placed as (
    select
        seen.*,
        coalesce(documents.document_id, bearers.document_id) as document_id
    from seen
    left join staging.plan_documents as documents on seen.standing_sha256 = documents.source_sha256
    left join bearers on seen.standing_sha256 is null and seen.document_key = bearers.document_key
),

steps as ( -- what stands under two names at once, or was only renamed, is no other version
    select *, lag(source_sha256) over (partition by document_id order by seen_from, source_path) as former_sha256
    from placed
    where document_id is not null
)

select
    document_id,
    source_sha256,
    row_number() over (partition by document_id order by seen_from, source_path) as version_number,
    case when seen_from > min(seen_from) over (partition by document_id) then seen_from end as changed_at,
    title as document_title,
    doc_number as document_number,
    issued_on
from steps
where source_sha256 is distinct from former_sha256
