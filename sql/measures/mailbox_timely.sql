-- 简单咨询答复期限 | simple questions answered in time
select unit_id, plan_year, register_name, record_id, is_in_order
from core.scored_terms
where rule_id = 'simple_enquiry'
