-- one row per unit and year with a scoring scheme: its total, nothing where an item vetoes
select
    unit_id,
    any_value(unit_name) as unit_name,
    plan_year,
    bool_or(is_veto) as is_vetoed,
    case when bool_or(is_veto) then 0 else round(sum(item_score), 2) end as total_score
from core.score_items
group by unit_id, plan_year
