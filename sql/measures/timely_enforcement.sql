-- 行政执法公示期限 | enforcement published in time | 国办发〔2018〕118号
select unit_id, plan_year, register_name, record_id, is_in_order
from core.scored_terms
where rule_id in ('enforcement_licence_penalty', 'enforcement_other')
