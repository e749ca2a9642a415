-- one row per matter of the disclosure catalogue
select
    record_id, matter_id, matter_level1, matter_level2, unit_id, unit_name, disclosed_count, last_published_on, interval_days, interval_rule,
    update_due_on, coverage_status, coverage_reason, as_of_on
from core.catalogue_coverage
