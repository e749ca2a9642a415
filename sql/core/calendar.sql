-- one row per day: whether the State Council's notices make it a working day, and how many working days there were up to it
select
    calendar_on,
    is_working_day,
    day_kind,
    holiday_name,
    is_provisional,
    cast(sum(cast(is_working_day as integer)) over (order by calendar_on) as bigint) as working_day_number
from reference.calendar
