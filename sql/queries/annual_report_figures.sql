-- one row per cell of the report of $body for the year $year, in the order of the national format
select
    layout.table_code,
    layout.section_code,
    (layout.row_group, layout.row_subgroup, layout.row_title) as row_titles,
    (layout.column_group, layout.column_subgroup, layout.column_title) as column_titles,
    report.cell_value
from core.annual_report as report
inner join core.annual_report_layout as layout
    on
        report.format_year = layout.format_year
        and report.table_code = layout.table_code
        and report.row_code = layout.row_code
        and report.column_code = layout.column_code
where report.reporter_id = $body and report.report_year = $year
order by layout.table_code, layout.row_order, layout.column_order
