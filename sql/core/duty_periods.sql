-- one row per recurrence rule, plan year and period of it, with the last day on which the duty of the period can be done.
-- A rule without a day of the month is due at the end of its months, quarters, half-years or weeks
with rules as (
    select distinct
        recurrence_rule,
        plan_year,
        regexp_extract(recurrence_rule, 'FREQ=(\w+)', 1) as frequency,
        coalesce(try_cast(regexp_extract(recurrence_rule, 'INTERVAL=(\d+)', 1) as integer), 1) as every,
        regexp_extract(recurrence_rule, 'BYMONTH=([\d,]+)', 1) as month_list,
        regexp_extract(recurrence_rule, 'BYMONTHDAY=([-\d,]+)', 1) as day_list
    from core.plan_tasks
    where recurrence_rule is not null and plan_year is not null
),

days as (
    select
        rules.recurrence_rule,
        rules.plan_year,
        calendar.calendar_on as due_on
    from rules
    inner join core.calendar as calendar on rules.plan_year = year(calendar.calendar_on)
    where
        case
            when rules.frequency = 'WEEKLY'
                then isodow(calendar.calendar_on) = 7 and ((dayofyear(calendar.calendar_on) + 6) // 7) % rules.every = 0
            when rules.month_list <> ''
                then list_contains(string_split(rules.month_list, ','), cast(month(calendar.calendar_on) as varchar))
            when rules.frequency = 'YEARLY' then month(calendar.calendar_on) = 12
            else month(calendar.calendar_on) % rules.every = 0
        end
        and case
            when rules.frequency = 'WEEKLY' then true
            when rules.day_list in ('', '-1') then calendar.calendar_on = last_day(calendar.calendar_on)
            else day(calendar.calendar_on) = cast(regexp_extract(rules.day_list, '(\d+)$', 1) as integer)
        end
)

select
    recurrence_rule,
    plan_year,
    row_number() over in_order as period_number,
    coalesce(lag(due_on) over in_order + 1, make_date(cast(plan_year as integer), 1, 1)) as starts_on,
    due_on
from days
window in_order as (partition by recurrence_rule, plan_year order by due_on)
