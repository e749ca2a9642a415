-- one row per task that a person should look at: read by a rule that is right less often than asked, and not decided yet
with named as (
    select
        task_id,
        string_agg(printed_unit_name, '、' order by position) filter (where unit_role = 'lead') as lead_units,
        string_agg(printed_unit_name, '、' order by position) filter (where unit_role = 'responsible') as responsible_units
    from staging.plan_task_units
    group by task_id
)

select
    tasks.reading_sha256,
    tasks.task_id,
    tasks.document_id,
    tasks.line_start,
    tasks.page,
    tasks.reading_confidence,
    tasks.task_no,
    tasks.task_title,
    named.lead_units,
    named.responsible_units,
    tasks.deadline_text,
    tasks.deadline_on,
    tasks.quoted_text
from core.plan_tasks as tasks
left join named on tasks.task_id = named.task_id
where tasks.needs_review and tasks.task_decision is null
