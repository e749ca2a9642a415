-- one row per format of the annual report and cell of its tables, in the order of the format; 2019's holds for 2019 and 2020, 2021's since
select
    cast(report_rows.format_year as bigint) as format_year,
    case report_rows.format_year when '2019' then 2019 else 2021 end as first_report_year,
    case report_rows.format_year when '2019' then 2020 else 2100 end as last_report_year,
    cast(report_rows.table_code as bigint) as table_code,
    report_rows.section_code,
    report_rows.row_code,
    cast(report_rows.row_order as bigint) as row_order,
    coalesce(report_rows.row_group, '') as row_group,
    coalesce(report_rows.row_subgroup, '') as row_subgroup,
    report_rows.row_title,
    report_rows.row_short_title,
    report_rows.row_title_en,
    report_rows.article,
    report_columns.column_code,
    cast(report_columns.column_order as bigint) as column_order,
    coalesce(report_columns.column_group, '') as column_group,
    coalesce(report_columns.column_subgroup, '') as column_subgroup,
    report_columns.column_title,
    report_columns.column_title_en
from reference.annual_report_rows as report_rows
inner join reference.annual_report_columns as report_columns
    on
        report_rows.format_year = report_columns.format_year
        and report_rows.table_code = report_columns.table_code
        and report_rows.section_code = report_columns.section_code
