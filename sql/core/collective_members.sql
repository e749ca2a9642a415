-- one row per plan document, collective expression and unit that it means, by the unit list valid on the document's date;
-- towns come from the division table where the scope has no list, counties and cities always do; member_rule names the source
with expressions as (
    select distinct
        task_units.document_id,
        task_units.printed_unit_name,
        documents.region_scope,
        documents.region_code,
        coalesce(documents.issued_on, make_date(documents.plan_year, 12, 31)) as stated_on,
        means_towns(task_units.printed_unit_name) as means_towns,
        means_streets(task_units.printed_unit_name) as means_streets,
        means_regions(task_units.printed_unit_name) as means_regions,
        region_organ_name(task_units.printed_unit_name) as organ_name,
        means_parks(task_units.printed_unit_name) as means_parks,
        means_departments(task_units.printed_unit_name) as means_departments
    from core.task_units as task_units
    inner join core.plan_documents as documents on task_units.document_id = documents.document_id
    where task_units.is_collective
),

lists as (
    select distinct region_scope, list_id, listed_on
    from core.unit_lists
),

chosen as (
    select
        expressions.*,
        lists.list_id
    from expressions
    left join lists
        on expressions.region_scope = lists.region_scope
    qualify row_number() over (
        partition by expressions.document_id, expressions.printed_unit_name
        order by lists.listed_on <= expressions.stated_on desc nulls last, lists.listed_on is null desc, lists.listed_on desc, lists.list_id asc
    ) = 1
),

by_list as (
    select chosen.document_id, chosen.printed_unit_name, members.unit_id, members.unit_name, chosen.list_id, 'unit_list' as member_rule
    from chosen
    inner join core.unit_lists as members
        on chosen.region_scope = members.region_scope and chosen.list_id = members.list_id
    where
        (members.unit_kind = 'town' and chosen.means_towns and not is_street(members.unit_name))
        or (members.unit_kind = 'town' and chosen.means_streets and is_street(members.unit_name))
        or (members.unit_kind = 'park' and chosen.means_parks)
        or (members.unit_kind = 'department' and chosen.means_departments)
),

by_division as (
    select
        chosen.document_id, chosen.printed_unit_name, cast(null as varchar) as unit_id, townships.township_name as unit_name,
        cast(null as varchar) as list_id, 'division_table' as member_rule
    from chosen
    inner join reference.townships as townships on chosen.region_code = townships.region_code
    where
        (
            (chosen.means_towns and not is_street(townships.township_name))
            or (chosen.means_streets and is_street(townships.township_name))
        )
        and not exists (
            select 1 from core.unit_lists as listed
            where listed.region_scope = chosen.region_scope and listed.unit_kind = 'town'
        )
),

by_region as (
    select
        chosen.document_id, chosen.printed_unit_name, cast(null as varchar) as unit_id, regions.region_name || chosen.organ_name as unit_name,
        cast(null as varchar) as list_id, 'division_table' as member_rule
    from chosen
    inner join reference.regions as regions on chosen.region_code = regions.parent_region_code
    where chosen.means_regions
)

select * from by_list
union all
select * from by_division
union all
select * from by_region
