-- 检查问题整改期限 | inspection findings put right in time | 国办秘函〔2019〕19号
select unit_id, plan_year, register_name, record_id, is_in_order
from core.scored_terms
where rule_id in ('inspection_rectification', 'inspection_rectification_holiday')
