-- one row per unit, year and item of its scorecard
select
    items.unit_id, items.unit_name, items.plan_year, items.item_order, items.item_id, items.item_title, items.item_kind, items.measure_id,
    items.item_points, items.in_order_count, items.faulty_count, round(items.item_score, 2) as item_score, items.is_veto, scores.total_score
from core.score_items as items
inner join core.scores as scores on items.unit_id = scores.unit_id and items.plan_year = scores.plan_year
