-- one row per other name that the unit register gives a unit, with the unit's own name
with names as (
    select unit_name, unnest(string_split_regex(alias_name, '[、,，;；/]')) as alias_name
    from staging.units
    where alias_name is not null
)

select
    run.region_scope,
    plain_name(names.alias_name) as alias_name,
    min(names.unit_name) as unit_name
from names
cross join reference.run as run
where plain_name(names.alias_name) <> ''
group by all
