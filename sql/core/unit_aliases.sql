-- one row per scope and printed unit name: the unit it names, and by which rule; unmatched names stay, with no unit
with names as (
    select
        region_scope,
        printed_unit_name as alias_name,
        any_value(unit_key) as unit_key,
        any_value(is_abbreviated) as is_abbreviated,
        any_value(is_collective) as is_collective
    from core.unit_mentions
    group by region_scope, printed_unit_name
),

matched as (
    select
        names.*,
        coalesce(registered.unit_id, units.unit_id) as unit_id,
        coalesce(registered.unit_name, units.unit_name) as unit_name,
        registered.unit_id is not null as is_registered
    from names
    left join core.units as units
        on names.region_scope = units.region_scope and names.unit_key = units.unit_key and not names.is_collective
    left join core.register_aliases as aliases
        on names.region_scope = aliases.region_scope and plain_name(names.alias_name) = aliases.alias_name
    left join core.units as registered
        on aliases.region_scope = registered.region_scope and aliases.unit_name = registered.unit_name
)

select
    region_scope,
    alias_name,
    unit_id,
    unit_name,
    is_collective,
    case
        when is_collective then 'collective'
        when unit_id is null then 'unmatched'
        when is_registered then 'register'
        when alias_name = unit_name then 'same_name'
        when is_abbreviated then 'abbreviation'
        else 'without_region'
    end as match_rule
from matched
