-- 哪些进展报告对不上任何任务？ Which progress reports fit no task?
-- 文号或任务编号写错，或一个编号对应该单位的几个任务。 A wrong number, or one that several tasks of the unit bear.
select reports.unit_name, reports.plan_document_number, reports.task_no, reports.reported_on, reports.source_path, reports.source_row
from core.progress_reports as reports
anti join core.task_references as named
    on
        named.register_name = 'progress_reports' and reports.record_id = named.record_id
        and coalesce(named.doubt_reason <> 'several_tasks', true)
order by reports.source_path, reports.source_row
