-- one row per task, role and printed unit name, with the unit it was matched to
select
    named.task_id,
    named.document_id,
    named.unit_role,
    named.position,
    named.printed_unit_name,
    aliases.unit_id,
    aliases.unit_name,
    aliases.match_rule,
    aliases.match_confidence,
    aliases.is_collective,
    named.is_inherited
from staging.plan_task_units as named
inner join core.document_scopes as scopes on named.document_id = scopes.document_id
left join core.unit_aliases as aliases
    on scopes.region_scope = aliases.region_scope and named.printed_unit_name = aliases.alias_name
