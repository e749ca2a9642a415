-- one row per unit
with counted as (
    select unit_id, count(*) as alias_count
    from core.unit_aliases
    where unit_id is not null
    group by unit_id
)

select units.unit_id, units.unit_name, units.region_code, units.region_name, units.unit_kind, units.is_listed, counted.alias_count
from core.units as units
inner join counted on units.unit_id = counted.unit_id
