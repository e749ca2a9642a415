-- one row per plan document, its facts as the text gives them
select
    sources.source_path as document_id,
    documents.title as document_title,
    documents.issuer as issuer_name,
    documents.doc_number as document_number,
    documents.issued_on,
    documents.plan_year,
    documents.document_kind,
    documents.kind_rule,
    documents.kind_text,
    documents.kind_line,
    documents.text_format,
    documents.line_count,
    sources.source_path,
    documents.source_sha256
from raw.plan_documents as documents
inner join staging.sources as sources
    on documents.source_sha256 = sources.source_sha256 and sources.source_kind = 'plans'
