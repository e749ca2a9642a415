-- one row per task, role and printed unit name, with the unit it was matched to; two known names that run together are two
with named as (
    select
        units.task_id,
        units.document_id,
        units.unit_role,
        units.is_inherited,
        scopes.region_scope,
        coalesce(parts.printed_unit_name, units.printed_unit_name) as printed_unit_name,
        parts.alias_name is not null as is_run_together,
        row_number() over (partition by units.task_id, units.unit_role order by units.position, parts.position) as position
    from staging.plan_task_units as units
    inner join core.plan_documents as scopes on units.document_id = scopes.document_id and scopes.is_released
    left join core.run_together_names as parts
        on scopes.region_scope = parts.region_scope and units.printed_unit_name = parts.alias_name
)

select
    named.task_id,
    named.document_id,
    named.unit_role,
    named.position,
    named.printed_unit_name,
    aliases.unit_id,
    aliases.unit_name,
    case when named.is_run_together then 'run_together' else aliases.match_rule end as match_rule,
    case when named.is_run_together then least(aliases.match_confidence, 0.7) else aliases.match_confidence end as match_confidence,
    aliases.is_collective,
    named.is_inherited
from named
left join core.unit_aliases as aliases
    on named.region_scope = aliases.region_scope and named.printed_unit_name = aliases.alias_name
