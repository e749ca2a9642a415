-- 年度目标 | yearly target met
select
    unit_id,
    plan_year,
    'unit_targets' as register_name,
    unit_id as record_id,
    disclosed_count >= target_count as is_in_order
from core.target_progress
where progress_reason is null or disclosed_count >= target_count
