-- 哪些单位照此进度完不成年度目标？ Which units will miss their target if they go on like this?
-- 按已过各月推算，90% 区间的上限加上待核记录仍低于目标（方法见 docs/forecasts.md）。 Even the upper end of the 90 % interval, with every record in doubt, is below the target (method: docs/forecasts.md).
select progress.unit_id, progress.unit_name, progress.plan_year, progress.target_count, progress.disclosed_count, forecast.forecast_count, forecast.forecast_high
from core.target_forecast as forecast
inner join core.target_progress as progress on forecast.unit_id = progress.unit_id and forecast.plan_year = progress.plan_year
where forecast.forecast_high + progress.unsettled_count < progress.target_count
order by forecast.forecast_high / progress.target_count, progress.unit_id
