-- one row per stage that a plan names, with the days on which it begins and ends
select
    documents.document_id,
    stages.position,
    stages.stage_name,
    stages.period_text,
    stages.starts_on,
    stages.ends_on,
    stages.line,
    stages.quoted_text
from raw.plan_stages as stages
inner join staging.plan_documents as documents on stages.source_sha256 = documents.source_sha256
