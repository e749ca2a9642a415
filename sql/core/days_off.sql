-- one row per run of days that are not worked, all for one reason: a weekend, or a holiday with the weekend days in it
with named as (
    select calendar_on, day_kind, holiday_name, is_working_day, concat_ws(' ', day_kind, holiday_name) as reason
    from core.calendar
),

marked as (
    select *, coalesce(lag(reason) over (order by calendar_on) <> reason, true) as is_first
    from named
),

runs as (
    select *, sum(cast(is_first as integer)) over (order by calendar_on) as run_number
    from marked
)

select
    min(calendar_on) as starts_on,
    max(calendar_on) as ends_on,
    any_value(day_kind) as day_kind,
    any_value(holiday_name) as holiday_name
from runs
where not is_working_day
group by run_number
