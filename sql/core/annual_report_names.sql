-- one row per format of the annual report, table, axis and name under which a row or column of it may be sent: its code, or a title that only it bears
with titled as (
    select distinct format_year, table_code, 'row' as sum_axis, row_code as sum_code, unnest([row_code, report_title(row_title), report_title(row_short_title)]) as line_name
    from core.annual_report_layout
    union
    select distinct
        format_year,
        table_code,
        'column' as sum_axis,
        column_code as sum_code,
        unnest([
            column_code,
            report_title(column_title),
            report_title(column_subgroup || column_title),
            report_title(column_group || column_title),
            report_title(column_group || column_subgroup || column_title)
        ]) as line_name
    from core.annual_report_layout
)

select format_year, table_code, sum_axis, line_name, any_value(sum_code) as sum_code
from titled
where line_name <> ''
group by format_year, table_code, sum_axis, line_name
having count(distinct sum_code) = 1
