-- 哪些年度报告所印数字与台账不符？ Which printed figures of annual reports are not what the registers give?
-- 只比较台账有数据的年度；原因可能在报告，也可能在台账。 Only years that the registers cover; either side may be wrong.
select
    computed.reporter_name,
    computed.report_year,
    computed.table_code,
    computed.row_title,
    computed.column_title,
    printed.cell_value as found_value,
    computed.cell_value as expected_value,
    printed.source_path,
    printed.source_row
from core.annual_report_printed as printed
inner join core.annual_report as computed
    on
        printed.reporter_id = computed.reporter_id and printed.report_year = computed.report_year and printed.table_code = computed.table_code
        and printed.row_code = computed.row_code and printed.column_code = computed.column_code
where printed.cell_value <> computed.cell_value
order by computed.reporter_id, computed.report_year, computed.table_code, computed.row_order, computed.column_order
