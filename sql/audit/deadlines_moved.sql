-- 哪些任务的时限在计划改版时未经发文即作调整？ Which deadlines were silently moved between versions of a plan?
-- 同一网址上文件字节变了，文号和成文日期没变，时限推迟或取消。 The bytes at the address changed, number and date of the document did not, the deadline went later or away.
select document_id, task_no, task_title, change_kind, former_deadline_text, former_deadline_on, deadline_text, deadline_on, changed_at
from core.plan_changes
where is_silent and change_kind in ('deadline_later', 'deadline_dropped')
order by document_id, changed_at, task_no, task_title
