-- one row per release, dataset and rule: what came of the rule when the release was checked, and how that compares with the release before
with numbered as (
    select coalesce(max(release_number), 0) + 1 as release_number from reference.quality_history
),

guarded as (
    select
        unnest(dataset_names) as dataset_name,
        *,
        case when error_text is not null then 'not_run' when is_met then 'met' else 'not_met' end as check_result
    from checks.results
),

latest as (
    select
        numbered.release_number,
        run.as_of_on,
        run.build_key,
        replace(guarded.dataset_name, '_', '-') as dataset_slug,
        datasets.dataset_row_count,
        guarded.gate_name,
        guarded.table_name,
        guarded.rule_name,
        guarded.rule_why,
        guarded.severity,
        guarded.check_result,
        guarded.checked_count,
        guarded.failed_count,
        guarded.quarantined_count
    from guarded
    cross join numbered
    cross join reference.run as run
    left join checks.datasets as datasets on guarded.dataset_name = datasets.dataset_name
)

select
    latest.*,
    case
        when before.check_result is null then 'first'
        when before.check_result = 'met' and latest.check_result <> 'met' then 'worse'
        when before.check_result <> 'met' and latest.check_result = 'met' then 'better'
        when latest.failed_count > before.failed_count then 'worse'
        when latest.failed_count < before.failed_count then 'better'
        else 'same'
    end as quality_trend
from latest
left join reference.quality_history as before
    on
        latest.release_number = before.release_number + 1
        and latest.dataset_slug = before.dataset_slug
        and latest.table_name = before.table_name
        and latest.rule_name = before.rule_name
union all by name
from reference.quality_history
