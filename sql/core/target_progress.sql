-- one row per unit and year: its target in the newest plan, and what it had disclosed by the as-of date.
-- Of plans issued on one day the last by address counts, so that the same inbox always gives the same target
with dated as (
    select
        unit_id,
        unit_name,
        plan_year,
        target_count,
        row(coalesce(issued_on, make_date(plan_year, 1, 1)), document_id, position) as recency
    from core.unit_targets
    where unit_id is not null and plan_year is not null
),

targets as (
    select
        unit_id,
        plan_year,
        arg_max(unit_name, recency) as unit_name,
        arg_max(target_count, recency) as target_count
    from dated
    group by unit_id, plan_year
),

disclosed as (
    select disclosures.unit_id, year(disclosures.published_on) as plan_year, count(*) as disclosed_count
    from core.disclosures as disclosures
    where disclosures.is_released
    group by all
),

shares as (
    select
        targets.unit_id,
        targets.unit_name,
        targets.plan_year,
        targets.target_count,
        coalesce(disclosed.disclosed_count, 0) as disclosed_count,
        run.as_of_on,
        coalesce(disclosed.disclosed_count, 0) / nullif(targets.target_count, 0) as disclosed_share,
        least(greatest((run.as_of_on - make_date(targets.plan_year, 1, 1) + 1) / (make_date(targets.plan_year + 1, 1, 1) - make_date(targets.plan_year, 1, 1)), 0), 1)
            as elapsed_share
    from targets
    cross join reference.run as run
    left join disclosed on targets.unit_id = disclosed.unit_id and targets.plan_year = disclosed.plan_year
)

select *, disclosed_share / nullif(elapsed_share, 0) as pace, disclosed_share < elapsed_share as is_behind
from shares
