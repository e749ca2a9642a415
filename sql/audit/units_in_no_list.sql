-- 计划任务中哪些单位不在任何名单上？ Which units of plan tasks are in no list?
-- 或为笔误，或该单位没有纳入公开主体名单。 Misspelt, or a body that the list of publishers leaves out.
select printed_unit_name, count(*) as task_count, list(distinct task_id order by task_id) as task_ids
from core.task_units
where match_rule = 'unmatched'
group by printed_unit_name
order by task_count desc, printed_unit_name asc
