-- 目录事项更新 | matters of the catalogue current | 国办秘函〔2019〕19号
select
    unit_id,
    year(as_of_on) as plan_year,
    'catalogue_matters' as register_name,
    record_id,
    coverage_status = 'current' as is_in_order
from core.catalogue_coverage
where coverage_status not in ('unscheduled', 'unknown')
