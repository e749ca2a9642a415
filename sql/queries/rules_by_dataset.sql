-- one row per dataset that any rule concerns: rules, rules not met, and rows quarantined from the tables that it rests on
with rules as (
    select
        unnest(dataset_names) as dataset_name,
        table_name,
        is_met
    from checks.results
),

quarantined as (
    select
        table_name,
        estimated_size as row_count
    from duckdb_tables()
    where schema_name = 'quarantine'
),

source_tables as (
    select distinct
        dataset_name,
        split_part(table_name, '.', 2) as table_name
    from rules
),

quarantined_by_dataset as (
    select
        source_tables.dataset_name,
        sum(quarantined.row_count) as row_count
    from source_tables
    inner join quarantined
        on source_tables.table_name = quarantined.table_name
    group by all
)

select
    rules.dataset_name,
    count(*) as rule_count,
    count(*) filter (not rules.is_met) as not_met_count,
    coalesce(any_value(quarantined_by_dataset.row_count), 0) as set_aside_count
from rules
left join quarantined_by_dataset
    on rules.dataset_name = quarantined_by_dataset.dataset_name
group by rules.dataset_name
