-- one row per document that may leave and row of its table of yearly targets, with the unit it was matched to
select
    targets.document_id,
    targets.position,
    documents.plan_year,
    documents.issued_on,
    targets.printed_unit_name,
    aliases.unit_id,
    aliases.unit_name,
    targets.target_count,
    targets.target_text,
    targets.line,
    targets.quoted_text
from staging.plan_unit_targets as targets
inner join core.plan_documents as documents on targets.document_id = documents.document_id
left join core.unit_aliases as aliases
    on documents.region_scope = aliases.region_scope and targets.printed_unit_name = aliases.alias_name
where documents.is_released
