-- 复议诉讼结果 | answers upheld on review and in court | 条例第五十一条
select
    unit_id,
    year(decided_on) as plan_year,
    'request_events' as register_name,
    concat_ws('/', request_id, case_number) as record_id,
    case_result <> 'corrected' as is_in_order
from core.request_cases
where decided_on is not null
