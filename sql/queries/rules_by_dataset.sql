-- one row per dataset that any rule concerns: rules, rules not met, and rows set aside from the tables that it rests on
with concerned as (
    select
        unnest(dataset_names) as dataset_name,
        table_name,
        is_met
    from checks.results
),

set_aside as (
    select
        table_name,
        estimated_size as row_count
    from duckdb_tables()
    where schema_name = 'quarantine'
),

rested_on as (
    select distinct
        dataset_name,
        split_part(table_name, '.', 2) as table_name
    from concerned
),

aside as (
    select
        rested_on.dataset_name,
        sum(set_aside.row_count) as row_count
    from rested_on
    inner join set_aside
        on rested_on.table_name = set_aside.table_name
    group by all
)

select
    concerned.dataset_name,
    count(*) as rule_count,
    count(*) filter (not concerned.is_met) as not_met_count,
    coalesce(any_value(aside.row_count), 0) as set_aside_count
from concerned
left join aside
    on concerned.dataset_name = aside.dataset_name
group by concerned.dataset_name
