-- 主动公开期限 | proactive disclosure in time | 条例第二十六条
select unit_id, plan_year, register_name, record_id, is_in_order
from core.scored_terms
where rule_id = 'proactive_disclosure'
