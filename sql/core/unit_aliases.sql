-- one row per scope and printed unit name: the unit it names, by which rule, and how sure that is; unmatched names stay, with no unit
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
),

reformed as (
    select names.region_scope, names.alias_name, units.unit_id, units.unit_name
    from names
    inner join core.unit_successors as successors on names.unit_key = successors.former_name
    inner join core.units as units
        on names.region_scope = units.region_scope and successors.current_name = units.unit_key
    qualify row_number() over (partition by names.region_scope, names.alias_name order by successors.since_year, units.unit_id) = 1
),

matched as (
    select
        names.*,
        decisions.alias_name is not null as is_decided,
        reformed.unit_id as reformed_unit_id,
        case when decisions.alias_name is not null then decided.unit_id else coalesce(units.unit_id, reformed.unit_id) end as unit_id,
        case when decisions.alias_name is not null then decided.unit_name else coalesce(units.unit_name, reformed.unit_name) end as unit_name
    from names
    left join reference.unit_decisions as decisions
        on names.region_scope = decisions.region_scope and names.alias_name = decisions.alias_name
    left join core.units as decided on decisions.unit_id = decided.unit_id
    left join core.units as units
        on names.region_scope = units.region_scope and names.unit_key = units.unit_key and not names.is_collective
    left join reformed
        on names.region_scope = reformed.region_scope and names.alias_name = reformed.alias_name and not names.is_collective
),

ruled as (
    select
        *,
        case
            when is_collective then 'collective'
            when is_decided then 'decision'
            when unit_id is null then 'unmatched'
            when is_registered_alias then 'register'
            when alias_name = unit_name then 'same_name'
            when unit_id = reformed_unit_id then 'reform'
            when is_abbreviated then 'abbreviation'
            else 'without_region'
        end as match_rule
    from matched
)

select
    region_scope,
    alias_name,
    unit_key,
    unit_id,
    unit_name,
    is_collective,
    match_rule,
    cast(case match_rule
        when 'decision' then 1 when 'register' then 1 when 'same_name' then 1
        when 'without_region' then 0.98 when 'abbreviation' then 0.95 when 'reform' then 0.8
    end as double) as match_confidence
from ruled
