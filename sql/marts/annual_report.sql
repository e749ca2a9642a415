-- one row per body that reports, year that is over, and cell of the national format
select
    reporter_id, reporter_kind, unit_id, reporter_name, report_year, format_year, table_code, row_code, row_title, column_code, column_title,
    cell_value, cell_note, as_of_on
from core.annual_report
where not is_year_running
