-- one row per cell of a printed annual report: who reported it, which cell of the format it is, and its value; 0, blank and "/" are three things
with written as (
    select
        cells.*,
        case when cells.report_year <= 2020 then 2019 else 2021 end as format_year,
        trim(translate(cells.cell_text, '０１２３４５６７８９，／', '0123456789,/')) as plain_text,
        regexp_replace(plain_name(cells.printed_unit_name), coalesce(run.region_pattern, '^$'), '') as short_name,
        run.region_scope,
        run.region_name
    from core.annual_report_cells as cells
    cross join reference.run as run
),

valued as (
    select *, parse_report_figure(plain_text) as written_value
    from written
)

select
    written.record_id,
    case when is_government_alone(written.short_name) then written.region_scope else written.unit_id end as reporter_id,
    case when is_government_alone(written.short_name) then 'government' else 'unit' end as reporter_kind,
    written.printed_unit_name,
    written.report_year,
    written.format_year,
    written.table_code,
    layout.section_code,
    row_names.sum_code as row_code,
    column_names.sum_code as column_code,
    written.row_code as printed_row,
    written.column_code as printed_column,
    written.cell_text,
    written.written_value as cell_value,
    case
        when layout.row_code is null then 'unknown_cell'
        when coalesce(written.plain_text, '') = '' then 'blank'
        when written.plain_text in ('/', '-', '—', '——') then 'not_applicable'
        when written.written_value >= 0 or column_names.sum_code = 'items_change' then 'number'
        else 'unreadable'
    end as cell_status,
    written.source_path,
    written.source_sheet,
    written.source_row
from valued as written
left join core.annual_report_names as row_names
    on
        written.format_year = row_names.format_year and written.table_code = row_names.table_code
        and row_names.sum_axis = 'row' and report_title(written.row_code) = row_names.line_name
left join core.annual_report_names as column_names
    on
        written.format_year = column_names.format_year and written.table_code = column_names.table_code
        and column_names.sum_axis = 'column' and report_title(written.column_code) = column_names.line_name
left join core.annual_report_layout as layout
    on
        written.format_year = layout.format_year and written.table_code = layout.table_code
        and row_names.sum_code = layout.row_code and column_names.sum_code = layout.column_code
