-- one row per matter of the disclosure catalogue: what is disclosed of it, and whether that is as current as the catalogue asks, or, where it
-- sets no interval, the national inspection indicators. A disclosure belongs to a matter by its number, else by its name and the body's unit.
-- A matter is empty or stale only where records that were read name matters, and none that is held back would change the answer
with records as (
    select
        matter_id,
        plain_name(catalogue_matter) as matter_name,
        unit_id,
        case when is_released then published_on end as published_on,
        case when is_held_back(is_standing, is_released, is_withheld, is_on_request) then published_on end as held_on,
        is_released
    from core.disclosures
    where matter_id is not null or catalogue_matter is not null
),

by_number as (
    select matter_id, count(*) filter (is_released) as disclosed_count, max(published_on) as last_published_on, max(held_on) as last_held_on
    from records
    where matter_id is not null
    group by matter_id
),

by_name as (
    select matter_name, unit_id, count(*) filter (is_released) as disclosed_count, max(published_on) as last_published_on, max(held_on) as last_held_on
    from records
    where matter_id is null and matter_name is not null
    group by matter_name, unit_id
),

quarantined as ( -- rows that broke a rule: of any day where theirs cannot be read
    select rows.matter_id, plain_name(rows.catalogue_matter) as matter_name, coalesce(max(rows.published_on), any_value(run.as_of_on)) as last_held_on
    from quarantine.disclosures as rows
    cross join reference.run as run
    where
        (rows.matter_id is not null or rows.catalogue_matter is not null)
        and may_be_published(rows.published_on, rows.invalid_cells, run.as_of_on)
    group by all
),

units_naming_matters as (
    select unit_id
    from records
    where unit_id is not null
    group by unit_id
),

units_read as (
    select unit_id
    from core.disclosures
    where unit_id is not null
    group by unit_id
),

read_rows as (
    select count(*) as row_count from core.disclosures
),

quarantined_rows as (
    select count(*) as row_count from quarantine.disclosures
),

rows_naming_matters as (
    select count(*) as row_count from records
),

unread_rows as (
    select count(*) as file_count
    from staging.unread_files
    where register_name = 'disclosures' and is_unread
),

register_state as (
    select
        read_rows.row_count + quarantined_rows.row_count > 0 as is_register_read,
        rows_naming_matters.row_count > 0 as is_matter_named,
        unread_rows.file_count > 0 as is_file_unread
    from read_rows
    cross join quarantined_rows
    cross join rows_naming_matters
    cross join unread_rows
),

matters as (
    select
        record_id,
        matter_id,
        matter_level1,
        matter_level2,
        unit_id,
        unit_name,
        update_interval_days,
        plain_name(coalesce(matter_level2, matter_level1)) as matter_name,
        source_path,
        source_row
    from core.catalogue_matters
),

indicators as (
    select
        matters.record_id,
        min(cast(intervals.interval_days as bigint)) as interval_days,
        arg_min(intervals.interval_rule, cast(intervals.interval_days as bigint)) as interval_rule
    from matters
    inner join reference.update_intervals as intervals on regexp_matches(concat_ws(' ', matters.matter_level1, matters.matter_level2), intervals.matter_pattern)
    group by matters.record_id
),

named as (
    select
        matters.record_id,
        sum(by_name.disclosed_count) as disclosed_count,
        max(by_name.last_published_on) as last_published_on,
        max(by_name.last_held_on) as last_held_on
    from matters
    inner join by_name on matters.matter_name = by_name.matter_name
    where matters.unit_id is null or matters.unit_id = by_name.unit_id
    group by matters.record_id
),

quarantined_by_matter as (
    select matters.record_id, max(quarantined.last_held_on) as last_held_on
    from matters
    inner join quarantined
        on matters.matter_id = quarantined.matter_id or (quarantined.matter_id is null and matters.matter_name = quarantined.matter_name)
    group by matters.record_id
),

covered as (
    select
        matters.*,
        coalesce(by_number.disclosed_count, 0) + coalesce(named.disclosed_count, 0) as disclosed_count,
        greatest(by_number.last_published_on, named.last_published_on) as last_published_on,
        greatest(by_number.last_held_on, named.last_held_on, quarantined_by_matter.last_held_on) as last_held_on,
        case when matters.unit_id is null then register_state.is_matter_named else units_naming_matters.unit_id is not null end as is_matter_named,
        units_read.unit_id is not null as is_unit_read,
        register_state.is_register_read,
        register_state.is_file_unread,
        coalesce(matters.update_interval_days, indicators.interval_days) as interval_days,
        case when matters.update_interval_days is not null then text_interval_of_catalogue() else indicators.interval_rule end as interval_rule
    from matters
    left join by_number on matters.matter_id = by_number.matter_id
    left join named on matters.record_id = named.record_id
    left join indicators on matters.record_id = indicators.record_id
    left join quarantined_by_matter on matters.record_id = quarantined_by_matter.record_id
    left join units_naming_matters on matters.unit_id = units_naming_matters.unit_id
    left join units_read on matters.unit_id = units_read.unit_id
    cross join register_state
),

dated as (
    select
        covered.*,
        run.as_of_on,
        covered.last_published_on + cast(covered.interval_days as integer) as update_due_on
    from covered
    cross join reference.run as run
),

judged as (
    select
        *,
        case
            when disclosed_count = 0 then 'empty'
            when interval_days is null then 'unscheduled'
            when update_due_on < as_of_on then 'stale'
            else 'current'
        end as read_status
    from dated
),

explained as (
    select
        *,
        case
            when read_status in ('current', 'unscheduled') then null
            when not is_register_read then 'register_not_read'
            when disclosed_count = 0 and is_file_unread and not is_unit_read then 'files_unread'
            when last_held_on > coalesce(last_published_on, date '0001-01-01') then 'records_held'
            when disclosed_count = 0 and not is_matter_named then 'matter_not_stated'
        end as coverage_reason
    from judged
)

select
    record_id,
    matter_id,
    matter_level1,
    matter_level2,
    unit_id,
    unit_name,
    cast(disclosed_count as bigint) as disclosed_count,
    last_published_on,
    interval_days,
    interval_rule,
    update_due_on,
    case when coverage_reason is null then read_status else 'unknown' end as coverage_status,
    coverage_reason,
    as_of_on,
    source_path,
    source_row
from explained
