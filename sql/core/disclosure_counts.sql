-- one row per unit and year: how many of its disclosures are released; how many more may be its own and of the year (held back, quarantined, rejected, or
-- under a name that is likely its own); and why the first number is not known where it is not
with run as (
    select region_scope, as_of_on from reference.run
),

rows_read as (
    select
        unit_id,
        printed_unit_name,
        year(coalesce(published_on, changed_on, made_on)) as plan_year,
        count(*) as record_count,
        count(*) filter (is_released) as disclosed_count,
        count(*) filter (is_held_back(is_standing, is_released, is_withheld, is_on_request)) as held_count
    from core.disclosures
    group by all
),

own as (
    select
        unit_id,
        plan_year,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(disclosed_count) as bigint) as disclosed_count,
        cast(sum(held_count) as bigint) as held_count
    from rows_read
    where unit_id is not null
    group by unit_id, plan_year
),

quarantined as (
    select
        rows.printed_unit_name,
        case when rows.published_on is not null then year(rows.published_on) end as plan_year,
        count(*) as row_count
    from quarantine.disclosures as rows
    cross join run
    where may_be_published(rows.published_on, rows.invalid_cells, run.as_of_on)
    group by all
),

doubtful as ( -- no unit: it may be anybody's; no year: it may be of any
    select reviews.proposed_unit_id as unit_id, rows_read.plan_year, rows_read.disclosed_count + rows_read.held_count as row_count
    from rows_read
    cross join run
    inner join core.unit_reviews as reviews on rows_read.printed_unit_name = reviews.alias_name and run.region_scope = reviews.region_scope
    where rows_read.unit_id is null and reviews.proposed_unit_id is not null
    union all
    select coalesce(aliases.unit_id, reviews.proposed_unit_id) as unit_id, quarantined.plan_year, quarantined.row_count
    from quarantined
    cross join run
    left join core.unit_aliases as aliases on quarantined.printed_unit_name = aliases.alias_name and run.region_scope = aliases.region_scope
    left join core.unit_reviews as reviews on quarantined.printed_unit_name = reviews.alias_name and run.region_scope = reviews.region_scope
    where quarantined.printed_unit_name is null or coalesce(aliases.unit_id, reviews.proposed_unit_id) is not null
    union all
    select null as unit_id, null as plan_year, rejected_row_count as row_count
    from staging.unread_files
    where register_name = 'disclosures'
),

years as (
    select plan_year
    from core.unit_targets
    where plan_year is not null
    union
    select plan_year
    from own
    where plan_year is not null
    union
    select year(as_of_on) as plan_year from run
),

doubts as (
    select
        units.unit_id,
        years.plan_year,
        cast(sum(doubtful.row_count) as bigint) as row_count,
        cast(sum(doubtful.row_count) filter (doubtful.unit_id is not null) as bigint) as own_count
    from core.units as units
    cross join years
    inner join doubtful
        on coalesce(units.unit_id = doubtful.unit_id, true) and coalesce(years.plan_year = doubtful.plan_year, true)
    group by units.unit_id, years.plan_year
),

years_read as (
    select plan_year from rows_read
    union
    select plan_year from quarantined
),

read_marks as (
    select plan_year, true as is_read from years_read
),

register_read as (
    select count(*) > 0 as is_register_read from years_read
),

register_unread as (
    select count(*) > 0 as is_file_unread
    from staging.unread_files
    where register_name = 'disclosures' and is_unread
),

reading as ( -- rows whose day cannot be read may be of any year
    select
        years.plan_year,
        bool_or(years_read.is_read) is not null as is_year_read,
        any_value(register_read.is_register_read) as is_register_read,
        any_value(register_unread.is_file_unread) as is_file_unread
    from years
    left join read_marks as years_read on coalesce(years.plan_year = years_read.plan_year, true)
    cross join register_read
    cross join register_unread
    group by years.plan_year
),

counted as (
    select
        units.unit_id,
        reading.plan_year,
        coalesce(own.disclosed_count, 0) as known_count,
        coalesce(own.held_count, 0) + coalesce(doubts.row_count, 0) as unsettled_count,
        case
            when not reading.is_register_read then 'register_not_read'
            when not reading.is_year_read then 'no_records_of_year'
            when own.record_count is null and reading.is_file_unread then 'files_unread'
            when coalesce(own.disclosed_count, 0) = 0 and coalesce(own.held_count, 0) + coalesce(doubts.own_count, 0) > 0 then 'records_held'
        end as progress_reason
    from core.units as units
    cross join reading
    left join own on units.unit_id = own.unit_id and reading.plan_year = own.plan_year
    left join doubts on units.unit_id = doubts.unit_id and reading.plan_year = doubts.plan_year
)

select unit_id, plan_year, case when progress_reason is null then known_count end as disclosed_count, unsettled_count, progress_reason
from counted
