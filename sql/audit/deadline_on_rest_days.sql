-- 哪些任务的时限落在休息日？ Which deadlines fall on a day off?
-- 期间最后一日为法定休假日的顺延（民法典第二百零三条）。 A period that ends on a holiday ends on the next working day (Civil Code 203).
select tasks.document_id, tasks.task_id, tasks.task_no, tasks.task_title, tasks.deadline_text, tasks.deadline_on
from core.plan_tasks as tasks
inner join core.calendar as days on tasks.deadline_on = days.calendar_on
where not days.is_working_day
order by tasks.deadline_on, tasks.task_id
