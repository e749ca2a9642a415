-- 年度报告勾稽关系 | annual reports that add up | 国办公开办函〔2021〕30号
select
    units.unit_id,
    faults.report_year as plan_year,
    'annual_report_cells' as register_name,
    faults.record_id,
    false as is_in_order
from core.annual_report_faults as faults
inner join core.units as units on faults.reporter_id = units.unit_id
