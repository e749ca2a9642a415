-- one row per scope, list of units and unit on it: lists and target tables of plans, dated by the plan, and the unit register
with listed as (
    select documents.region_scope, documents.document_id as list_id, coalesce(documents.issued_on, make_date(documents.plan_year, 1, 1)) as listed_on, lists.printed_unit_name
    from staging.plan_unit_list as lists
    inner join core.plan_documents as documents on lists.document_id = documents.document_id
    where documents.is_released
    union all
    select documents.region_scope, documents.document_id as list_id, coalesce(documents.issued_on, make_date(documents.plan_year, 1, 1)) as listed_on, targets.printed_unit_name
    from staging.plan_unit_targets as targets
    inner join core.plan_documents as documents on targets.document_id = documents.document_id
    where documents.is_released
    union all
    select run.region_scope, 'register' as list_id, cast(null as date) as listed_on, units.unit_name as printed_unit_name
    from staging.units as units
    cross join reference.run as run
)

select distinct listed.region_scope, listed.list_id, listed.listed_on, aliases.unit_id, aliases.unit_name, units.unit_kind
from listed
inner join core.unit_aliases as aliases
    on listed.region_scope = aliases.region_scope and listed.printed_unit_name = aliases.alias_name
inner join core.units as units on aliases.unit_id = units.unit_id
