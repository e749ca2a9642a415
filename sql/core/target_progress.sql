-- one row per unit and year: its target in the newest plan, and what it had disclosed by the as-of date, or why that is not known. A unit is behind
-- only where it would be even if every record in doubt counted for it.
-- Of plans issued on one day the last by id counts, so that the same inbox always gives the same target
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

shares as (
    select
        targets.unit_id,
        targets.unit_name,
        targets.plan_year,
        targets.target_count,
        counts.disclosed_count,
        counts.unsettled_count,
        counts.progress_reason,
        run.as_of_on,
        counts.disclosed_count / nullif(targets.target_count, 0) as disclosed_share,
        (counts.disclosed_count + counts.unsettled_count) / nullif(targets.target_count, 0) as possible_share,
        least(greatest((run.as_of_on - make_date(targets.plan_year, 1, 1) + 1) / (make_date(targets.plan_year + 1, 1, 1) - make_date(targets.plan_year, 1, 1)), 0), 1)
            as elapsed_share
    from targets
    cross join reference.run as run
    inner join core.disclosure_counts as counts on targets.unit_id = counts.unit_id and targets.plan_year = counts.plan_year
)

select
    unit_id,
    unit_name,
    plan_year,
    target_count,
    disclosed_count,
    unsettled_count,
    as_of_on,
    disclosed_share,
    elapsed_share,
    disclosed_share / nullif(elapsed_share, 0) as pace,
    case
        when disclosed_share >= elapsed_share then false
        when possible_share < elapsed_share then true
    end as is_behind,
    coalesce(progress_reason, case when disclosed_share < elapsed_share and possible_share >= elapsed_share then 'records_held' end) as progress_reason
from shares
