-- one row per task with a rhythm, body that answers for it and period that ended by the as-of date: whether anything shows that the duty was done in it.
-- That a period was missed is said only where a report of its last 31 days says that nothing was begun; without a report it is not known
with periods as (
    select
        tasks.task_id,
        owners.owner_id,
        owners.unit_id,
        periods.period_number,
        greatest(periods.starts_on, coalesce(tasks.issued_on, periods.starts_on)) as starts_on,
        periods.starts_on as period_starts_on,
        periods.due_on
    from core.plan_tasks as tasks
    inner join core.duty_periods as periods on tasks.recurrence_rule = periods.recurrence_rule and tasks.plan_year = periods.plan_year
    inner join reference.run as run on periods.due_on < run.as_of_on
    inner join core.task_owners as owners on tasks.task_id = owners.task_id
    where coalesce(tasks.issued_on <= periods.due_on, true)
),

evidence as (
    select owners.task_id, owners.owner_id, evidence.evidence_kind, evidence.evidence_on
    from core.task_owners as owners
    inner join core.task_evidence as evidence on owners.task_id = evidence.task_id
    left join core.task_owners as leads
        on evidence.task_id = leads.task_id and evidence.unit_id = leads.unit_id and leads.is_reporting
    where owners.unit_id = evidence.unit_id or leads.owner_id is not null
),

shown as (
    select
        periods.task_id,
        periods.owner_id,
        periods.period_number,
        count(*) filter (evidence.evidence_kind <> 'not_started') as evidence_count,
        count(*) filter (evidence.evidence_kind = 'not_started' and evidence.evidence_on > periods.due_on - 31) as not_begun_count
    from periods
    inner join evidence
        on
            periods.task_id = evidence.task_id and periods.owner_id = evidence.owner_id
            and evidence.evidence_on between periods.period_starts_on and periods.due_on
    group by periods.task_id, periods.owner_id, periods.period_number
),

doubted as (
    select distinct periods.task_id, periods.owner_id, periods.period_number
    from periods
    inner join core.task_doubts as doubts
        on
            periods.task_id = doubts.task_id
            and coalesce(doubts.doubted_on between periods.period_starts_on and periods.due_on, true)
    left join core.task_owners as leads on doubts.task_id = leads.task_id and doubts.unit_id = leads.unit_id and leads.is_reporting
    where doubts.concerns_all or doubts.unit_id = periods.unit_id or leads.owner_id is not null
)

select
    periods.task_id,
    periods.owner_id,
    periods.unit_id,
    periods.period_number,
    periods.starts_on,
    periods.due_on,
    coalesce(shown.evidence_count, 0) as evidence_count,
    case
        when shown.evidence_count > 0 then true
        when shown.not_begun_count > 0 and doubted.task_id is null then false
    end as is_kept
from periods
left join shown
    on periods.task_id = shown.task_id and periods.owner_id = shown.owner_id and periods.period_number = shown.period_number
left join doubted
    on periods.task_id = doubted.task_id and periods.owner_id = doubted.owner_id and periods.period_number = doubted.period_number
