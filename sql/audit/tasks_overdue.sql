-- 哪些任务时限已过仍未完成？ Which tasks are past their deadline and not done?
-- 只列时限之后报告未完成的；没有报告的见 tasks_without_report。 Those reported as not done after the deadline; for those without a report: tasks_without_report.
select
    document_id,
    task_no,
    task_title,
    deadline_on,
    min(unit_name) filter (unit_role = 'lead') as unit_name,
    count(*) as unit_count,
    max(not_done_on) as not_done_on,
    max(calendar_days_late) as calendar_days_late
from core.task_delivery
where delivery_status = 'overdue'
group by document_id, task_id, task_no, task_title, deadline_on
order by document_id, task_id
