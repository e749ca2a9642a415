-- one row per place where scanning noise was read as something else than what is printed
select
    documents.document_id,
    repairs.line,
    repairs.char_start,
    repairs.char_end,
    repairs.found_text,
    repairs.read_as,
    repairs.repair_rule
from raw.plan_repairs as repairs
inner join staging.plan_documents as documents on repairs.source_sha256 = documents.source_sha256
