-- one row per matter of the disclosure catalogue: what stands disclosed of it, and whether that is as fresh as the catalogue asks, or where it
-- says nothing the national inspection indicators. A disclosure belongs to a matter by its number, else by its name and the body's unit
with standing as (
    select disclosures.matter_id, plain_name(disclosures.catalogue_matter) as matter_name, disclosures.unit_id, disclosures.published_on
    from core.disclosures as disclosures
    cross join reference.run as run
    where
        disclosures.disclosure_attribute = '主动公开'
        and disclosures.published_on <= run.as_of_on
        and (disclosures.withdrawn_on is null or disclosures.withdrawn_on > run.as_of_on)
),

by_number as (
    select matter_id, count(*) as disclosed_count, max(published_on) as last_published_on
    from standing
    where matter_id is not null
    group by matter_id
),

by_name as (
    select matter_name, unit_id, count(*) as disclosed_count, max(published_on) as last_published_on
    from standing
    where matter_id is null and matter_name is not null
    group by matter_name, unit_id
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
    select matters.record_id, sum(by_name.disclosed_count) as disclosed_count, max(by_name.last_published_on) as last_published_on
    from matters
    inner join by_name on matters.matter_name = by_name.matter_name
    where matters.unit_id is null or matters.unit_id = by_name.unit_id
    group by matters.record_id
),

covered as (
    select
        matters.*,
        coalesce(by_number.disclosed_count, 0) + coalesce(named.disclosed_count, 0) as disclosed_count,
        greatest(by_number.last_published_on, named.last_published_on) as last_published_on,
        coalesce(matters.update_interval_days, indicators.interval_days) as interval_days,
        case when matters.update_interval_days is not null then '目录所载更新周期' else indicators.interval_rule end as interval_rule
    from matters
    left join by_number on matters.matter_id = by_number.matter_id
    left join named on matters.record_id = named.record_id
    left join indicators on matters.record_id = indicators.record_id
)

select
    covered.record_id,
    covered.matter_id,
    covered.matter_level1,
    covered.matter_level2,
    covered.unit_id,
    covered.unit_name,
    cast(covered.disclosed_count as bigint) as disclosed_count,
    covered.last_published_on,
    covered.interval_days,
    covered.interval_rule,
    covered.last_published_on + cast(covered.interval_days as integer) as update_due_on,
    case
        when covered.disclosed_count = 0 then 'empty'
        when covered.interval_days is null then 'unscheduled'
        when covered.last_published_on + cast(covered.interval_days as integer) < run.as_of_on then 'stale'
        else 'current'
    end as coverage_status,
    run.as_of_on,
    covered.source_path,
    covered.source_row
from covered
cross join reference.run as run
