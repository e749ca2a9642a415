-- one row per line of a plan's text, so that every quotation can be held against its source
select
    documents.document_id,
    lines.line,
    lines.page,
    lines.char_start,
    lines.line_kind,
    lines.line_text
from raw.plan_lines as lines
inner join staging.plan_documents as documents on lines.source_sha256 = documents.source_sha256
