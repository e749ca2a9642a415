-- one row per sum of the format and line it is held for, of every report that units printed or that the registers give:
-- rows against their terms in each column, columns against theirs in each row, and what was carried over against what the next year carried in.
-- Empty addends count as nothing; where the sum or every addend is not printed, or one cannot be read, the result is unknown (is_met is null)
with figures as (
    select
        'printed' as figure_source,
        coalesce(reporter_id, printed_unit_name) as reporter_id,
        report_year,
        format_year,
        table_code,
        section_code,
        row_code,
        column_code,
        cell_value,
        cell_status,
        record_id,
        source_path,
        source_sheet,
        source_row
    from core.annual_report_printed
    where row_code is not null and column_code is not null
    union all
    select
        'computed' as figure_source, reporter_id, report_year, format_year, table_code, section_code, row_code, column_code, cell_value,
        case when cell_value is null then 'blank' else 'number' end as cell_status,
        cast(null as varchar) as record_id, cast(null as varchar) as source_path, cast(null as varchar) as source_sheet, cast(null as bigint) as source_row
    from core.annual_report
),

terms as (
    select
        figures.*,
        terms.sum_axis,
        terms.sum_code,
        terms.term_sign,
        case terms.sum_axis when 'row' then figures.column_code else figures.row_code end as position_code
    from figures
    inner join core.annual_report_terms as terms
        on
            figures.format_year = terms.format_year and figures.table_code = terms.table_code and figures.section_code = terms.section_code
            and case terms.sum_axis when 'row' then figures.row_code else figures.column_code end = terms.term_code
),

expected as (
    select
        figure_source, reporter_id, report_year, format_year, table_code, section_code, sum_axis, sum_code, position_code,
        sum(term_sign * coalesce(cell_value, 0)) as expected_value,
        bool_or(cell_status = 'unreadable') or count(*) filter (cell_status <> 'blank') = 0 as is_undecided
    from terms
    group by all
),

sums as (
    select
        expected.*,
        totals.row_code,
        totals.column_code,
        totals.cell_value as found_value,
        totals.record_id,
        totals.source_path,
        totals.source_sheet,
        totals.source_row
    from expected
    inner join figures as totals
        on
            expected.figure_source = totals.figure_source and expected.reporter_id = totals.reporter_id and expected.report_year = totals.report_year
            and expected.table_code = totals.table_code and expected.section_code = totals.section_code
            and case expected.sum_axis when 'row' then totals.row_code else totals.column_code end = expected.sum_code
            and case expected.sum_axis when 'row' then totals.column_code else totals.row_code end = expected.position_code
),

carried as (
    select
        next_year.figure_source,
        next_year.reporter_id,
        next_year.report_year,
        next_year.format_year,
        next_year.table_code,
        next_year.section_code,
        'year' as sum_axis,
        'carried_in' as sum_code,
        next_year.column_code as position_code,
        this_year.cell_value as expected_value,
        false as is_undecided,
        next_year.row_code,
        next_year.column_code,
        next_year.cell_value as found_value,
        next_year.record_id,
        next_year.source_path,
        next_year.source_sheet,
        next_year.source_row
    from figures as this_year
    inner join figures as next_year
        on
            this_year.reporter_id = next_year.reporter_id and this_year.report_year + 1 = next_year.report_year
            and this_year.table_code = next_year.table_code and this_year.column_code = next_year.column_code
    where
        this_year.row_code = 'carried_over' and next_year.row_code = 'carried_in'
        and this_year.figure_source = next_year.figure_source
),

checked as (
    select * from sums
    union all
    select * from carried
)

select
    checked.figure_source,
    checked.reporter_id,
    checked.report_year,
    checked.format_year,
    checked.table_code,
    checked.section_code,
    checked.sum_axis,
    checked.sum_code,
    checked.position_code,
    checked.row_code,
    checked.column_code,
    checked.found_value,
    checked.expected_value,
    case when not checked.is_undecided then abs(checked.found_value - checked.expected_value) < 0.0005 end as is_met,
    text_report_sum_differs(
        chinese_figure(checked.table_code),
        layout.row_title,
        layout.column_title,
        cast(cast(checked.found_value as decimal(18, 2)) as varchar),
        case
            when checked.sum_axis = 'row' and checked.sum_code = 'carried_over' then text_report_balance()
            when checked.sum_axis = 'row' then text_report_column_sum()
            when checked.sum_axis = 'column' then text_report_row_sum()
            else text_report_year_before()
        end,
        cast(cast(checked.expected_value as decimal(18, 2)) as varchar)
    ) as finding_text,
    checked.record_id,
    checked.source_path,
    checked.source_sheet,
    checked.source_row
from checked
inner join core.annual_report_layout as layout
    on
        checked.format_year = layout.format_year and checked.table_code = layout.table_code
        and checked.row_code = layout.row_code and checked.column_code = layout.column_code
