-- one row per cell of a report that by itself explains every sum of its table that does not hold, with the correction that would make them all hold
with broken as (
    select figure_source, reporter_id, report_year, table_code, count(*) as broken_count
    from core.annual_report_checks
    where sum_axis <> 'year' and not is_met
    group by all
),

sums as (
    select checks.*
    from core.annual_report_checks as checks
    semi join broken
        on
            checks.figure_source = broken.figure_source and checks.reporter_id = broken.reporter_id
            and checks.report_year = broken.report_year and checks.table_code = broken.table_code
    where checks.sum_axis <> 'year' and checks.is_met is not null
),

members as (
    select sums.*, sums.row_code as cell_row, sums.column_code as cell_column, 1 as weight
    from sums
    union all
    select
        sums.*,
        case sums.sum_axis when 'row' then terms.term_code else sums.row_code end as cell_row,
        case sums.sum_axis when 'row' then sums.column_code else terms.term_code end as cell_column,
        -terms.term_sign as weight
    from sums
    inner join core.annual_report_terms as terms
        on
            sums.format_year = terms.format_year and sums.table_code = terms.table_code and sums.section_code = terms.section_code
            and sums.sum_axis = terms.sum_axis and sums.sum_code = terms.sum_code
),

explained as (
    select
        figure_source,
        reporter_id,
        report_year,
        format_year,
        table_code,
        cell_row as row_code,
        cell_column as column_code,
        min((expected_value - found_value) / weight) as correction,
        list(finding_text order by finding_text) as broken_sums
    from members
    group by figure_source, reporter_id, report_year, format_year, table_code, cell_row, cell_column
    having bool_and(not is_met) and max((expected_value - found_value) / weight) - min((expected_value - found_value) / weight) < 0.0005
)

select explained.*
from explained
inner join broken
    on
        explained.figure_source = broken.figure_source and explained.reporter_id = broken.reporter_id
        and explained.report_year = broken.report_year and explained.table_code = broken.table_code
        and len(explained.broken_sums) = broken.broken_count
