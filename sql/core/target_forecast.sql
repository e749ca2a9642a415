-- one row per unit and year with a target: what the year will come to if the months to come are like those gone, with a 90 % interval;
-- null with a reason where that is not known. Whole months only are counted; the method is in docs/forecasts.md
with months as (
    select
        progress.unit_id,
        progress.plan_year,
        progress.target_count,
        progress.disclosed_count,
        progress.progress_reason,
        progress.as_of_on,
        case
            when year(progress.as_of_on) > progress.plan_year then 12
            when year(progress.as_of_on) < progress.plan_year then 0
            else month(progress.as_of_on + 1) - 1 + 12 * (year(progress.as_of_on + 1) - progress.plan_year)
        end as month_count
    from core.target_progress as progress
),

monthly as (
    select disclosures.unit_id, year(disclosures.published_on) as plan_year, month(disclosures.published_on) as month_number, count(*) as month_items
    from core.disclosures as disclosures
    where disclosures.is_released
    group by all
),

monthly_sums as (
    select
        months.unit_id,
        months.plan_year,
        sum(monthly.month_items) as gone_count,
        sum(power(monthly.month_items, 2)) as sum_of_squares
    from months
    inner join monthly
        on months.unit_id = monthly.unit_id and months.plan_year = monthly.plan_year and months.month_count >= monthly.month_number
    group by months.unit_id, months.plan_year
),

reasons as (
    select
        months.*,
        coalesce(monthly_sums.gone_count, 0) as gone_count,
        (monthly_sums.sum_of_squares - power(monthly_sums.gone_count, 2) / months.month_count) / nullif(months.month_count - 1, 0) as monthly_variance,
        case
            when months.progress_reason is not null then 'progress_unknown'
            when months.month_count = 12 then 'year_over'
            when months.month_count < 3 then 'under_3_months'
            when monthly_sums.gone_count is null then 'nothing_disclosed'
        end as forecast_reason
    from months
    left join monthly_sums on months.unit_id = monthly_sums.unit_id and months.plan_year = monthly_sums.plan_year
),

margins as (
    select
        *,
        case when forecast_reason is null then gone_count * 12 / month_count end as forecast_mean,
        case when forecast_reason is null then forecast_margin(gone_count / month_count, monthly_variance, month_count, 12 - month_count) end as margin
    from reasons
)

select
    unit_id,
    plan_year,
    target_count,
    disclosed_count,
    month_count,
    forecast_reason,
    cast(case when forecast_reason = 'year_over' then disclosed_count when forecast_reason is null then greatest(round(forecast_mean), disclosed_count) end as bigint)
        as forecast_count,
    cast(case when forecast_reason = 'year_over' then disclosed_count when forecast_reason is null then greatest(floor(forecast_mean - margin), disclosed_count) end as bigint)
        as forecast_low,
    cast(case when forecast_reason = 'year_over' then disclosed_count when forecast_reason is null then greatest(ceil(forecast_mean + margin), disclosed_count) end as bigint)
        as forecast_high
from margins
