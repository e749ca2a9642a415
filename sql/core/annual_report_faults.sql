-- one row per fault of a printed annual report: the one cell that explains all sums that do not hold, where there is one and only one; else each sum;
-- what was not carried from one year into the next, unless such a cell is the reason; and cells that cannot be read
with printed as (
    select *, coalesce(reporter_id, printed_unit_name) as report_body
    from core.annual_report_printed
),

named as (
    select
        'report_cell_wrong' as finding_kind,
        suspects.reporter_id,
        suspects.report_year,
        suspects.table_code,
        suspects.row_code,
        suspects.column_code,
        printed.record_id,
        printed.source_path,
        printed.source_sheet,
        printed.source_row,
        text_report_cell_wrong(
            printed.printed_row,
            printed.printed_column,
            coalesce(printed.cell_text, text_report_cell_blank()),
            cast(cast(coalesce(printed.cell_value, 0) + suspects.correction as decimal(18, 2)) as varchar),
            array_to_string(suspects.broken_sums, '；')
        ) as finding_text
    from core.annual_report_suspects as suspects
    inner join printed
        on
            suspects.reporter_id = printed.report_body and suspects.report_year = printed.report_year and suspects.table_code = printed.table_code
            and suspects.row_code = printed.row_code and suspects.column_code = printed.column_code
    where suspects.figure_source = 'printed'
    qualify count(*) over (partition by suspects.reporter_id, suspects.report_year, suspects.table_code) = 1
),

unexplained as (
    select
        case checks.sum_axis when 'year' then 'report_carry_over_differs' else 'report_sum_wrong' end as finding_kind,
        checks.reporter_id,
        checks.report_year,
        checks.table_code,
        checks.row_code,
        checks.column_code,
        checks.record_id,
        checks.source_path,
        checks.source_sheet,
        checks.source_row,
        checks.finding_text || ' (does not add up)' as finding_text
    from core.annual_report_checks as checks
    left join named as same_table
        on
            checks.reporter_id = same_table.reporter_id and checks.report_year = same_table.report_year
            and checks.table_code = same_table.table_code
    left join named as either_year
        on
            checks.reporter_id = either_year.reporter_id and checks.table_code = either_year.table_code and checks.column_code = either_year.column_code
            and (
                (checks.report_year = either_year.report_year and either_year.row_code = 'carried_in')
                or (checks.report_year = either_year.report_year + 1 and either_year.row_code = 'carried_over')
            )
    where
        checks.figure_source = 'printed' and not checks.is_met
        and case checks.sum_axis when 'year' then either_year.reporter_id is null else same_table.reporter_id is null end
),

unread as (
    select
        'report_cell_unreadable' as finding_kind,
        report_body as reporter_id,
        report_year,
        table_code,
        row_code,
        column_code,
        record_id,
        source_path,
        source_sheet,
        source_row,
        case cell_status
            when 'unknown_cell' then text_report_cell_unknown(coalesce(printed_row, ''), coalesce(printed_column, ''), coalesce(cell_text, text_report_cell_blank()))
            else text_report_cell_unreadable(coalesce(printed_row, ''), coalesce(printed_column, ''), coalesce(cell_text, text_report_cell_blank()))
        end as finding_text
    from printed
    where cell_status in ('unknown_cell', 'unreadable')
)

select * from named
union all
select * from unexplained
union all
select * from unread
