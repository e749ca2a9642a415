-- one row per task, body that answers for it, and record up to the as-of date that shows how far it is: the body's own, and what the unit that leads
-- the task reports (a view)
select
    owners.task_id,
    owners.owner_id,
    evidence.register_name,
    evidence.record_id,
    evidence.evidence_rule,
    evidence.evidence_kind,
    evidence.evidence_on
from core.task_owners as owners
cross join reference.run as run
inner join core.task_evidence as evidence on owners.task_id = evidence.task_id and run.as_of_on >= evidence.evidence_on
left join core.task_owners as leads
    on evidence.task_id = leads.task_id and evidence.unit_id = leads.unit_id and leads.is_reporting
where owners.unit_id = evidence.unit_id or leads.owner_id is not null
