-- 哪些任务报告已完成却没有佐证？ Which tasks were reported as done without anything to show for it?
-- 没有完成日期或没有佐证链接。 Without the day of completion, or without a link.
select unit_name, plan_document_number, task_no, reported_on, completed_on, evidence_url, source_path, source_row
from core.progress_reports
where is_reported_done(progress_status) and (completed_on is null or evidence_url is null)
order by source_path, source_row
