-- one row per task and body that answers for it: whether it was delivered as promised, as of the as-of date, and by which rule.
-- A task is due on its printed deadline, else by the end of the plan's year; what the unit that leads it reports holds for those who help. That something
-- was not done is said only by a clear report of this very task after it was due, with no doubtful one since; what no report says is unknown
with owned as (
    select
        owners.task_id,
        owners.document_id,
        owners.owner_id,
        owners.unit_id,
        owners.unit_name,
        owners.unit_role,
        tasks.plan_year,
        tasks.task_no,
        tasks.task_title,
        tasks.deadline_kind,
        tasks.deadline_on,
        tasks.is_deadline_interpreted,
        tasks.recurrence_rule,
        tasks.deadline_kind in ('ongoing', 'year_round') or tasks.recurrence_rule is not null as is_standing_duty,
        coalesce(tasks.deadline_on, make_date(cast(tasks.plan_year as integer), 12, 31)) as due_on,
        run.as_of_on
    from core.task_owners as owners
    inner join core.plan_tasks as tasks on owners.task_id = tasks.task_id
    cross join reference.run as run
),

evidence as (
    select
        task_id,
        owner_id,
        count(*) as evidence_count,
        min(evidence_on) filter (evidence_kind = 'completed') as done_on,
        count(*) filter (evidence_kind <> 'not_started') as doing_count,
        max(evidence_on) filter (evidence_kind in ('progress', 'not_started')) as not_done_on,
        max(evidence_on) filter (evidence_kind = 'not_started') as not_begun_on
    from core.owner_evidence
    group by task_id, owner_id
),

doubted as ( -- a doubt without a day may be the latest word
    select
        owned.task_id,
        owned.owner_id,
        max(coalesce(doubts.doubted_on, owned.as_of_on)) as doubted_on
    from owned
    inner join core.task_doubts as doubts on owned.task_id = doubts.task_id and coalesce(owned.as_of_on >= doubts.doubted_on, true)
    left join core.task_owners as leads
        on doubts.task_id = leads.task_id and doubts.unit_id = leads.unit_id and leads.is_reporting
    where doubts.concerns_all or owned.unit_id = doubts.unit_id or leads.owner_id is not null
    group by owned.task_id, owned.owner_id
),

reported as (
    select distinct tasks.document_id
    from core.task_evidence as evidence
    inner join core.plan_tasks as tasks on evidence.task_id = tasks.task_id
    inner join reference.run as run on evidence.evidence_on <= run.as_of_on
    where evidence.evidence_rule = 'task_reference'
),

periods as (
    select
        task_id,
        owner_id,
        count(*) as period_count,
        count(*) filter (is_kept) as kept_count,
        count(*) filter (not is_kept) as missed_count
    from core.task_periods
    group by task_id, owner_id
),

known as (
    select
        owned.*,
        coalesce(evidence.evidence_count, 0) as evidence_count,
        coalesce(evidence.doing_count, 0) as doing_count,
        evidence.done_on,
        evidence.not_done_on,
        evidence.not_begun_on,
        doubted.doubted_on,
        coalesce(periods.period_count, 0) as period_count,
        coalesce(periods.kept_count, 0) as kept_count,
        coalesce(periods.missed_count, 0) as missed_count,
        reported.document_id is not null as is_reported
    from owned
    left join evidence on owned.task_id = evidence.task_id and owned.owner_id = evidence.owner_id
    left join doubted on owned.task_id = doubted.task_id and owned.owner_id = doubted.owner_id
    left join periods on owned.task_id = periods.task_id and owned.owner_id = periods.owner_id
    left join reported on owned.document_id = reported.document_id
),

judged as (
    select
        *,
        case
            when unit_id is null then 'unit_unknown'
            when is_standing_duty and recurrence_rule is not null
                then
                    case
                        when period_count = 0 then 'no_period_over'
                        when kept_count = period_count then 'every_period_kept'
                        when missed_count > 0 then 'periods_missed'
                        when doubted_on is not null then 'report_unreadable'
                        when is_reported then 'period_not_reported'
                        else 'no_reports'
                    end
            when is_standing_duty
                then
                    case
                        when doing_count > 0 then 'evidence_in_year'
                        when as_of_on <= due_on then 'year_running'
                        when doubted_on >= coalesce(not_begun_on, doubted_on) then 'report_unreadable'
                        when not is_reported then 'no_reports'
                        when not_begun_on > due_on - 31 then 'reported_not_begun'
                        when not_begun_on is not null then 'no_report_since_deadline'
                        else 'no_report_on_task'
                    end
            when done_on is not null and deadline_on is null then 'done_without_deadline'
            when done_on is not null then 'done'
            when as_of_on <= due_on then 'running'
            when doubted_on >= coalesce(not_done_on, doubted_on) then 'report_unreadable'
            when not is_reported then 'no_reports'
            when deadline_on is null then 'no_deadline'
            when not_done_on is null then 'no_report_on_task'
            when not_done_on <= deadline_on then 'no_report_since_deadline'
            else 'deadline_passed'
        end as delivery_rule
    from known
)

select
    task_id,
    document_id,
    plan_year,
    task_no,
    task_title,
    owner_id,
    unit_id,
    unit_name,
    unit_role,
    deadline_on,
    is_deadline_interpreted,
    case
        when delivery_rule in ('done', 'done_without_deadline') then if(done_on <= due_on, 'done_on_time', 'done_late')
        when delivery_rule in ('every_period_kept', 'evidence_in_year') then 'standing_kept'
        when delivery_rule in ('periods_missed', 'reported_not_begun') then 'standing_neglected'
        when delivery_rule in ('no_period_over', 'year_running', 'running') then 'not_yet_due'
        when delivery_rule = 'deadline_passed' then 'overdue'
        else 'unknown'
    end as delivery_status,
    delivery_rule,
    done_on,
    not_done_on,
    case
        when not is_standing_duty and deadline_on is not null and (done_on is not null or delivery_rule = 'deadline_passed')
            then greatest(coalesce(done_on, not_done_on) - deadline_on, 0)
    end as calendar_days_late,
    period_count,
    kept_count,
    missed_count,
    evidence_count,
    as_of_on
from judged
