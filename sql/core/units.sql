-- one row per unit. Units come from lists and registers; where a scope has neither, from the names in its tasks
with scopes as (
    select
        region_scope,
        bool_or(origin in ('register', 'list')) as is_closed,
        bool_or(origin <> 'record') as has_plans
    from core.unit_mentions
    group by region_scope
),

named as (
    select mentions.*
    from core.unit_mentions as mentions
    inner join scopes on mentions.region_scope = scopes.region_scope
    where
        not mentions.is_collective
        and (
            mentions.origin in ('register', 'list', 'target')
            or (mentions.origin = 'task' and not scopes.is_closed)
            or (mentions.origin = 'record' and not scopes.has_plans)
        )
)

select
    region_scope || '/' || unit_key as unit_id,
    first(
        printed_unit_name
        order by list_position(['register', 'list', 'target', 'task', 'record'], origin), mention_count desc, length(printed_unit_name) desc, printed_unit_name
    ) as unit_name,
    region_scope,
    unit_key,
    any_value(region_code) as region_code,
    any_value(region_name) as region_name,
    unit_kind(unit_key) as unit_kind,
    bool_or(origin in ('register', 'list', 'target')) as is_listed
from named
group by region_scope, unit_key
