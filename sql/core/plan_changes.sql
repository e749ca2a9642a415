-- one row per task that is not the same in a version of a plan and in the one that replaced it at its address: moved, dropped or new.
-- A task is known again by its title; where titles repeat, by their order. Silent is a change without another number or another date on the document
with tasks as (
    select *, row_number() over (partition by document_id, version_number, plain_name(task_title) order by task_index) as title_index
    from staging.plan_version_tasks
),

steps as (
    select
        former.document_id,
        former.version_number as former_version,
        later.version_number,
        later.changed_at,
        concat_ws('|', former.document_number, former.issued_on) = concat_ws('|', later.document_number, later.issued_on) as is_silent
    from staging.plan_versions as former
    inner join staging.plan_versions as later
        on former.document_id = later.document_id and former.version_number + 1 = later.version_number
),

former_tasks as (
    select steps.*, tasks.task_no, tasks.task_title, plain_name(tasks.task_title) as title_key, tasks.title_index, tasks.deadline_text, tasks.deadline_on
    from steps
    inner join tasks on steps.document_id = tasks.document_id and steps.former_version = tasks.version_number
),

later_tasks as (
    select steps.*, tasks.task_no, tasks.task_title, plain_name(tasks.task_title) as title_key, tasks.title_index, tasks.deadline_text, tasks.deadline_on
    from steps
    inner join tasks on steps.document_id = tasks.document_id and steps.version_number = tasks.version_number
)

select
    coalesce(former.document_id, later.document_id) as document_id,
    coalesce(former.version_number, later.version_number) as version_number,
    coalesce(former.changed_at, later.changed_at) as changed_at,
    coalesce(former.is_silent, later.is_silent) as is_silent,
    case
        when later.title_key is null then 'task_dropped'
        when former.title_key is null then 'task_added'
        when later.deadline_on is null and former.deadline_on is not null then 'deadline_dropped'
        when later.deadline_on > former.deadline_on then 'deadline_later'
        when later.deadline_on < former.deadline_on then 'deadline_earlier'
        else 'deadline_added'
    end as change_kind,
    coalesce(later.task_no, former.task_no) as task_no,
    coalesce(later.task_title, former.task_title) as task_title,
    former.deadline_text as former_deadline_text,
    former.deadline_on as former_deadline_on,
    later.deadline_text,
    later.deadline_on
from former_tasks as former
full join later_tasks as later
    on
        former.document_id = later.document_id and former.version_number = later.version_number
        and former.title_key = later.title_key and former.title_index = later.title_index
where
    former.title_key is null or later.title_key is null
    or former.deadline_on is distinct from later.deadline_on
