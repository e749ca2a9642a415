-- one row per task of a plan
select
    task_id, document_id, plan_year, task_index, task_no, task_title, section_path, part_name, deadline_text, deadline_on, deadline_kind,
    deadline_rule, is_deadline_interpreted, recurrence_rule, quoted_text, page, line_start, line_end, reading_confidence,
    needs_review
from core.plan_tasks
