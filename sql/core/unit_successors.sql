-- one row per former name of a kind of unit and a name it bears since: reforms one after another are followed to their end
with recursive chains as (
    select former_name, current_name, cast(since_year as bigint) as since_year
    from reference.unit_reforms
    union all
    select chains.former_name, reforms.current_name, cast(reforms.since_year as bigint) as since_year
    from chains
    inner join reference.unit_reforms as reforms on chains.current_name = reforms.former_name
    where cast(reforms.since_year as bigint) > chains.since_year
)

select former_name, current_name, max(since_year) as since_year
from chains
group by former_name, current_name
