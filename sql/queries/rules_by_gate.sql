-- one row per gate: its rules, those not met, and those of them that are critical
select
    gate_name,
    count(*) as rule_count,
    count(*) filter (not is_met) as not_met_count,
    count(*) filter (not is_met and severity = 'critical') as critical_count
from checks.results
group by gate_name
order by list_position(['raw', 'core', 'release'], gate_name)
