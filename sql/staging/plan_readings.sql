-- one row per plan document as it was ever read and address at which it lay, standing or not: what it was called. Releases may still have it under that name
with readings as (
    select source_sha256, title, doc_number, issuer, plan_year from raw.plan_documents
    union
    select source_sha256, title, doc_number, issuer, plan_year from raw.former_plan_documents
)

select distinct
    sources.source_path,
    sources.source_sha256,
    readings.title as document_title,
    readings.doc_number as document_number,
    readings.issuer as issuer_name,
    readings.plan_year,
    document_id_of(readings.doc_number, readings.issuer, readings.title, readings.plan_year, readings.source_sha256) as document_id,
    document_key_of(readings.doc_number, readings.issuer, readings.title, readings.plan_year) as document_key
from readings
inner join raw.sources as sources on readings.source_sha256 = sources.source_sha256 and sources.source_kind = 'plans'
