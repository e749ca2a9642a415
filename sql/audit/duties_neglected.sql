-- 哪些长期任务没有落实？ Which standing duties were neglected?
-- 期末报告为未开展的；没有报告的周期不明（core.task_periods）。 Reported as not begun at the end of a period; a period without a report is unknown (core.task_periods).
select document_id, task_no, task_title, unit_name, period_count, kept_count, missed_count, delivery_rule
from core.task_delivery
where delivery_status = 'standing_neglected'
order by document_id, task_id, owner_id
