-- 依申请公开答复期限 | requests answered in time | 条例第三十三条
select unit_id, plan_year, register_name, record_id, is_in_order
from core.scored_terms
where rule_id = 'request_answer'
