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
    tasks.confidence as reading_confidence,
    tasks.needs_review,
    sha256(concat_ws( -- of the words and of what was read of them: a person's decision is about both
        chr(31), tasks.quoted_text, tasks.task_title, array_to_string(tasks.lead_units, '、'), array_to_string(tasks.responsible_units, '、'),
        tasks.deadline_kind, coalesce(cast(tasks.deadline_on as varchar), '')
    )) as reading_sha256
from raw.plan_tasks as tasks
inner join staging.plan_documents as documents on tasks.source_sha256 = documents.source_sha256
