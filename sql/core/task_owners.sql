-- one row per task and body that answers for it: collective expressions by their members, a name that matched no unit as it is printed.
-- Who reports for all is the lead; where the plan prints none and names its units one by one, the first (列在首位的单位牵头), never a member of 各镇
with named as (
    select
        task_units.task_id,
        task_units.document_id,
        task_units.unit_role,
        task_units.unit_id,
        coalesce(task_units.unit_name, task_units.printed_unit_name) as unit_name,
        task_units.printed_unit_name,
        task_units.position = 1 as is_first
    from core.task_units as task_units
    where not coalesce(task_units.is_collective, false)
    union all
    select
        task_units.task_id,
        task_units.document_id,
        task_units.unit_role,
        members.unit_id,
        members.unit_name,
        task_units.printed_unit_name,
        false as is_first
    from core.task_units as task_units
    inner join core.collective_members as members
        on task_units.document_id = members.document_id and task_units.printed_unit_name = members.printed_unit_name
    where task_units.is_collective
)

select
    task_id,
    document_id,
    coalesce(unit_id, unit_name) as owner_id,
    any_value(unit_id) as unit_id,
    min(unit_name) as unit_name,
    min(unit_role) as unit_role,
    min(printed_unit_name) as printed_unit_name,
    bool_or(unit_role = 'lead') or (bool_or(is_first) and not bool_or(bool_or(unit_role = 'lead')) over (partition by task_id)) as is_reporting
from named
group by task_id, document_id, coalesce(unit_id, unit_name)
