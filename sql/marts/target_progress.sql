-- one row per unit and year with a target
select
    progress.unit_id, progress.unit_name, progress.plan_year, progress.target_count, progress.disclosed_count, progress.disclosed_share,
    progress.as_of_on, progress.elapsed_share, progress.pace, progress.is_behind, progress.unsettled_count, progress.progress_reason,
    forecast.forecast_count, forecast.forecast_low, forecast.forecast_high, forecast.forecast_reason
from core.target_progress as progress
inner join core.target_forecast as forecast on progress.unit_id = forecast.unit_id and progress.plan_year = forecast.plan_year
