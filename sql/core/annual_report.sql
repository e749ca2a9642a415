-- one row per body that reports (each unit, and the government as a whole), year and cell of the national format, computed from the registers
with run as (
    select as_of_on, region_scope, government_name(region_name) as government_name
    from reference.run
),

first_years as (
    select least(coalesce(min(cases.report_year), any_value(year(run.as_of_on))), any_value(year(run.as_of_on))) as first_year
    from run
    left join core.annual_report_cases as cases on true
),

years as (
    select unnest(range(first_years.first_year, year(run.as_of_on) + 1)) as report_year
    from first_years
    cross join run
),

bodies as (
    select units.unit_id as reporter_id, 'unit' as reporter_kind, units.unit_id, units.unit_name as reporter_name
    from core.units as units
    inner join run on units.region_scope = run.region_scope
    where units.is_listed
    union all
    select region_scope as reporter_id, 'government' as reporter_kind, cast(null as varchar) as unit_id, government_name as reporter_name
    from run
),

proactive as (
    select documents.*, run.region_scope
    from core.annual_report_proactive as documents
    cross join run
),

reported as (
    select reporter_id, report_year, table_code, row_code, column_code, 1 as cell_count
    from core.annual_report_case_cells
    union all
    select unnest([unit_id, region_scope]) as reporter_id, report_year, 2 as table_code, row_code, column_code, cell_count
    from proactive
),

counts as (
    select reporter_id, report_year, table_code, row_code, column_code, cast(sum(cell_count) as double) as cell_value
    from reported
    where reporter_id is not null
    group by all
),

registers_read as (
    select
        (select count(*) > 0 from core.requests) as has_requests,
        (select count(*) > 0 from core.normative_documents) as has_documents,
        (select count(*) > 0 from core.enforcement_results) as has_decisions
),

cells as (
    select
        bodies.reporter_id,
        bodies.reporter_kind,
        bodies.unit_id,
        bodies.reporter_name,
        years.report_year,
        layout.format_year,
        layout.table_code,
        layout.section_code,
        layout.row_code,
        layout.row_order,
        layout.row_title,
        layout.column_code,
        layout.column_order,
        layout.column_title,
        case
            when layout.table_code in (3, 4) then case when not registers_read.has_requests then text_no_request_register() end
            when layout.row_code in ('regulations', 'normative_documents')
                then case when not registers_read.has_documents then text_no_document_register() end
            when layout.column_code = 'decision_count' and layout.row_code <> 'other_services'
                then case when not registers_read.has_decisions then text_no_enforcement_register() end
            else text_not_in_any_register()
        end as cell_note
    from bodies
    cross join years
    cross join registers_read
    inner join core.annual_report_layout as layout
        on years.report_year between layout.first_report_year and layout.last_report_year
)

select
    cells.reporter_id,
    cells.reporter_kind,
    cells.unit_id,
    cells.reporter_name,
    cells.report_year,
    cells.format_year,
    cells.table_code,
    cells.section_code,
    cells.row_code,
    cells.row_order,
    cells.row_title,
    cells.column_code,
    cells.column_order,
    cells.column_title,
    case when cells.cell_note is null then coalesce(counts.cell_value, 0) end as cell_value,
    cells.cell_note,
    run.as_of_on < make_date(cast(cells.report_year as integer), 12, 31) as is_year_running,
    run.as_of_on
from cells
cross join run
left join counts
    on
        cells.reporter_id = counts.reporter_id and cells.report_year = counts.report_year and cells.table_code = counts.table_code
        and cells.row_code = counts.row_code and cells.column_code = counts.column_code
