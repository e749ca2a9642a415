-- 哪些任务在计划改版时消失？ Which tasks vanished between versions of a plan?
-- 同一网址上的后一版没有同名任务；改名也会如此。 The later version at the address has no task of that title; a new title looks alike.
select document_id, task_no, task_title, former_deadline_on, is_silent, changed_at
from core.plan_changes
where change_kind = 'task_dropped'
order by document_id, changed_at, task_no, task_title
