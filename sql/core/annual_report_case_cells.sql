-- one row per request or case and cell of an annual report in which it counts: its own, the totals over it, and the same cells of the government's report (a view)
with in_rows as (
    select
        *,
        unnest(case when table_code = 4 or row_code in ('new_received', 'carried_in', 'carried_over') then [row_code] else [row_code, 'results_total'] end) as cell_row
    from core.annual_report_cases
),

in_columns as (
    select
        *,
        unnest(case table_code when 4 then [column_code, regexp_extract(column_code, '^(.*)_', 1) || '_total'] else [column_code, 'total'] end) as cell_column
    from in_rows
),

reported as (
    select in_columns.*, run.region_scope
    from in_columns
    cross join reference.run as run
)

select
    unnest([unit_id, region_scope]) as reporter_id,
    report_year,
    table_code,
    cell_row as row_code,
    cell_column as column_code,
    unit_id,
    case_label,
    started_on,
    ended_on
from reported
