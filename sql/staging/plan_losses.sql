-- one row per part of a plan document that was not read: what it is, its page and box, and what to do
select
    documents.document_id,
    losses.loss_kind,
    losses.page,
    array_to_string(losses.box, ',') as box,
    losses.loss_text,
    losses.loss_remedy
from raw.plan_losses as losses
inner join staging.plan_documents as documents on losses.source_sha256 = documents.source_sha256
