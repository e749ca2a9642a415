-- 哪些单位的答复总在最后一天？ Which units answer on the last day as a rule?
-- 五件以上且半数以上在期限当日答复。 From five answers on, half or more of them on the due date itself.
select unit_id, unit_name, count(*) as answer_count, count(*) filter (answered_on = due_on) as last_day_count
from core.requests
where answered_on <= getvariable('as_of') and due_on is not null and unit_id is not null
group by unit_id, unit_name
having count(*) >= 5 and count(*) filter (answered_on = due_on) * 2 >= count(*)
order by unit_id
