-- one row per task with a rhythm, body that answers for it and period that ended by the as-of date: whether anything shows that the duty was done in it
with evidence as (
    select owners.task_id, owners.owner_id, evidence.evidence_on
    from core.task_owners as owners
    inner join core.task_evidence as evidence on owners.task_id = evidence.task_id
    left join core.task_owners as leads
        on evidence.task_id = leads.task_id and evidence.unit_id = leads.unit_id and leads.is_reporting
    where
        evidence.evidence_kind <> 'not_started'
        and (owners.unit_id = evidence.unit_id or leads.owner_id is not null)
)

select
    tasks.task_id,
    owners.owner_id,
    owners.unit_id,
    periods.period_number,
    greatest(periods.starts_on, coalesce(tasks.issued_on, periods.starts_on)) as starts_on,
    periods.due_on,
    count(evidence.evidence_on) as evidence_count,
    count(evidence.evidence_on) > 0 as is_kept
from core.plan_tasks as tasks
inner join core.duty_periods as periods on tasks.recurrence_rule = periods.recurrence_rule and tasks.plan_year = periods.plan_year
inner join reference.run as run on periods.due_on < run.as_of_on
inner join core.task_owners as owners on tasks.task_id = owners.task_id
left join evidence
    on owners.task_id = evidence.task_id and owners.owner_id = evidence.owner_id and evidence.evidence_on between periods.starts_on and periods.due_on
where coalesce(tasks.issued_on <= periods.due_on, true)
group by all
