-- one row per rule of reference.clock_rules and day on which its term may start, with the day it ends; the first day is not counted (Civil Code 201)
with started as (
    select
        rules.rule_id,
        rules.day_unit,
        start.calendar_on as start_on,
        case rules.day_unit when 'working' then start.working_day_number + cast(rules.term_days as bigint) end as end_number,
        case rules.day_unit when 'calendar' then start.calendar_on + cast(rules.term_days as integer) end as end_on
    from reference.clock_rules as rules
    cross join core.calendar as start
)

select
    started.rule_id, started.start_on, started.day_unit,
    due.calendar_on as due_on, due.working_day_number as due_number, due.is_provisional
from started
inner join core.calendar as due on started.end_number = due.working_day_number
where due.is_working_day
union all
select
    started.rule_id, started.start_on, started.day_unit,
    due.calendar_on as due_on, due.working_day_number as due_number, due.is_provisional
from started
inner join core.calendar as due on started.end_on = due.calendar_on
