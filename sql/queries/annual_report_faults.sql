-- one row per sum of the report of $body for the year $year that does not add up
select finding_text
from core.annual_report_checks
where figure_source = 'computed' and reporter_id = $body and report_year = $year and is_met = false
order by all
