-- one row per task, body that answers for it, and public record that shows how far it is; of records that are not public one row per register, rule and
-- kind, with their number and nothing else
with shown as (
    select
        evidence.task_id,
        evidence.owner_id,
        evidence.register_name,
        evidence.evidence_rule,
        evidence.evidence_kind,
        records.record_id,
        if(records.record_id is null, null, evidence.evidence_on) as evidence_on,
        records.source_path,
        records.source_sheet,
        records.source_row
    from core.owner_evidence as evidence
    left join core.public_records as records on evidence.register_name = records.register_name and evidence.record_id = records.record_id
)

select
    shown.task_id,
    shown.owner_id,
    concat_ws('/', shown.register_name, shown.evidence_rule, shown.evidence_kind, shown.record_id) as evidence_id,
    delivery.unit_name,
    delivery.delivery_status,
    delivery.delivery_rule,
    shown.register_name,
    shown.record_id,
    shown.evidence_rule,
    shown.evidence_kind,
    max(shown.evidence_on) as evidence_on,
    count(*) as record_count,
    min(shown.source_path) as source_path,
    min(shown.source_sheet) as source_sheet,
    min(shown.source_row) as source_row
from shown
inner join core.task_delivery as delivery on shown.task_id = delivery.task_id and shown.owner_id = delivery.owner_id
group by
    shown.task_id, shown.owner_id, delivery.unit_name, delivery.delivery_status, delivery.delivery_rule, shown.register_name, shown.record_id,
    shown.evidence_rule, shown.evidence_kind
