-- one row per reason for which cells of the report of $body for the year $year are empty
select distinct cell_note
from core.annual_report
where reporter_id = $body and report_year = $year and cell_note is not null
order by all
