-- one row per scope and printed unit name: the unit it names, and by which rule; unmatched names stay, with no unit
with names as (
    select
        region_scope,
        printed_unit_name as alias_name,
        any_value(unit_key) as unit_key,
        any_value(is_registered_alias) as is_registered_alias,
        any_value(is_abbreviated) as is_abbreviated,
        any_value(is_collective) as is_collective
    from core.unit_mentions
    group by region_scope, printed_unit_name
)

select
    names.region_scope,
    names.alias_name,
    units.unit_id,
    units.unit_name,
    names.is_collective,
    case
        when names.is_collective then 'collective'
        when units.unit_id is null then 'unmatched'
        when names.is_registered_alias then 'register'
        when names.alias_name = units.unit_name then 'same_name'
        when names.is_abbreviated then 'abbreviation'
        else 'without_region'
    end as match_rule
from names
left join core.units as units
    on names.region_scope = units.region_scope and names.unit_key = units.unit_key and not names.is_collective
