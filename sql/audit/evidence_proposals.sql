-- 哪些公开信息看上去是未完成任务的成果？ Which disclosures look like what a task that is not done should have brought?
-- 只按标题相似提出，供经办人补填任务编号，不作判定。 By the likeness of titles only: for a clerk to add the task's number, or not; it decides nothing.
with open_tasks as (
    select distinct task_id, task_no, task_title, unit_id, unit_name, plan_year
    from core.task_delivery
    where delivery_status in ('overdue', 'not_yet_due', 'unknown') and unit_id is not null
),

compared as (
    select
        open_tasks.*,
        records.disclosure_id,
        records.disclosure_title,
        records.published_on,
        round(jaccard(open_tasks.task_title, records.disclosure_title), 3) as likeness
    from open_tasks
    inner join core.disclosures as records
        on open_tasks.unit_id = records.unit_id and open_tasks.plan_year = year(records.published_on)
    where records.task_no is null and records.is_released and records.published_on <= getvariable('as_of')
)

select task_id, task_no, task_title, unit_name, disclosure_id, disclosure_title, published_on, likeness
from compared
where likeness >= 0.4
qualify row_number() over (partition by task_id, unit_id order by likeness desc, disclosure_id asc) <= 3
order by task_id asc, unit_name asc, likeness desc, disclosure_id asc
