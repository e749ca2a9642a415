-- one row per unit, item of its scorecard and record that gave or took points, with how many: together they are the item's score, less its points where
-- it begins from all of them; a record beyond what an item can give or take counts 0, one behind a veto has no points of its own
with explaining as (
    select
        scored.unit_id,
        scored.plan_year,
        scored.item_id,
        scored.item_kind,
        scored.item_points,
        scored.points_each,
        scored.points_at_most,
        scored.item_target,
        scored.item_score,
        scored.faulty_count,
        records.register_name,
        records.record_id,
        row_number() over (partition by scored.unit_id, scored.plan_year, scored.item_id order by records.register_name, records.record_id) as record_index
    from core.score_items as scored
    inner join core.measure_rows as records
        on scored.unit_id = records.unit_id and scored.plan_year = records.plan_year and scored.measure_id = records.measure_id
    where records.is_in_order = (scored.item_kind in ('bonus', 'at_least'))
)

select
    unit_id,
    plan_year,
    item_id,
    register_name,
    record_id,
    case item_kind
        when 'deduct' then -greatest(0, least(points_each, points_at_most - points_each * (record_index - 1)))
        when 'share' then -(item_points - item_score) / faulty_count
        when 'at_least' then greatest(0, least(item_points / item_target, item_points - item_points / item_target * (record_index - 1)))
        when 'bonus' then greatest(0, least(points_each, points_at_most - points_each * (record_index - 1)))
    end as record_points
from explaining
