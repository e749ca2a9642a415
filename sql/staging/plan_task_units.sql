-- one row per current task, role and printed unit name
with named as (
    select
        source_sha256,
        task_index,
        'lead' as unit_role,
        unnest(lead_units) as printed_unit_name,
        generate_subscripts(lead_units, 1) as position,
        units_are_inherited
    from raw.plan_tasks
    union all
    select
        source_sha256,
        task_index,
        'responsible' as unit_role,
        unnest(responsible_units) as printed_unit_name,
        generate_subscripts(responsible_units, 1) as position,
        units_are_inherited
    from raw.plan_tasks
)

select
    task_id_of(documents.document_id, named.task_index) as task_id,
    documents.document_id,
    named.unit_role,
    named.position,
    named.printed_unit_name,
    named.units_are_inherited as is_inherited
from named
inner join staging.plan_documents as documents on named.source_sha256 = documents.source_sha256
semi join staging.plan_tasks as standing
    on documents.document_id = standing.document_id and named.task_index = standing.task_index
