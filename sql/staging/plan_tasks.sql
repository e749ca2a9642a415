-- one row per task of a plan, with the words and the place it was read from
select
    task_id_of(documents.document_id, tasks.task_index) as task_id,
    documents.document_id,
    tasks.task_index,
    tasks.task_no,
    tasks.task_title,
    tasks.section_path,
    tasks.part_name,
    tasks.deadline_text,
    tasks.deadline_on,
    tasks.deadline_kind,
    tasks.deadline_rule,
    tasks.deadline_is_interpreted as is_deadline_interpreted,
    tasks.recurrence as recurrence_rule,
    tasks.quoted_text,
    tasks.page,
    tasks.line_start,
    tasks.line_end,
    tasks.char_start,
    tasks.char_end,
    tasks.confidence as reading_confidence
from raw.plan_tasks as tasks
inner join staging.plan_documents as documents on tasks.source_sha256 = documents.source_sha256
