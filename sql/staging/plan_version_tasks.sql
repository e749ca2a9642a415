-- one row per version of a plan that has more than one, and task of it
with tasks as (
    select source_sha256, task_index, task_no, task_title, deadline_text, deadline_on, line_start, quoted_text from raw.plan_tasks
    union all
    select source_sha256, task_index, task_no, task_title, deadline_text, deadline_on, line_start, quoted_text from raw.former_plan_tasks
)

select
    versions.document_id,
    versions.version_number,
    tasks.task_index,
    tasks.task_no,
    tasks.task_title,
    tasks.deadline_text,
    tasks.deadline_on,
    tasks.line_start,
    tasks.quoted_text
from staging.plan_versions as versions
inner join tasks on versions.source_sha256 = tasks.source_sha256
semi join staging.plan_versions as others
    on versions.document_id = others.document_id and versions.version_number <> others.version_number
