-- one row per unit and item of the scoring scheme of a year: what was counted, and the points that come of it.
-- A share of nothing, like nothing to take points off for, leaves all the points
with counted as (
    select
        records.unit_id,
        items.plan_year,
        items.item_id,
        count(*) filter (records.is_in_order) as in_order_count,
        count(*) filter (not records.is_in_order) as faulty_count
    from reference.scoring_items as items
    inner join core.measure_rows as records on items.measure_id = records.measure_id and items.plan_year = records.plan_year
    group by records.unit_id, items.plan_year, items.item_id
),

marked as (
    select
        units.unit_id,
        units.unit_name,
        items.plan_year,
        items.item_order,
        items.item_id,
        items.item_title,
        items.item_kind,
        items.measure_id,
        items.item_points,
        items.points_each,
        coalesce(items.points_at_most, items.item_points) as points_at_most,
        items.item_target,
        coalesce(counted.in_order_count, 0) as in_order_count,
        coalesce(counted.faulty_count, 0) as faulty_count
    from core.units as units
    inner join reference.run as run on units.region_scope = run.region_scope
    cross join reference.scoring_items as items
    left join counted on units.unit_id = counted.unit_id and items.plan_year = counted.plan_year and items.item_id = counted.item_id
    where units.is_listed
)

select
    *,
    case item_kind
        when 'deduct' then item_points - least(points_at_most, points_each * faulty_count)
        when 'share' then item_points * least(1, coalesce(in_order_count / nullif(in_order_count + faulty_count, 0) / item_target, 1))
        when 'at_least' then item_points * least(1, in_order_count / item_target)
        when 'bonus' then least(points_at_most, points_each * in_order_count)
        else 0
    end as item_score,
    item_kind = 'veto' and faulty_count > 0 as is_veto
from marked
