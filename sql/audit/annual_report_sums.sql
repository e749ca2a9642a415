-- 哪些年度报告的勾稽关系不成立？ Which printed annual reports do not add up?
-- 一个单元格能解释全部不符的，只列这一格和应有的数。 Where one cell explains all that does not hold, that cell and what belongs there.
select finding_kind, reporter_id, report_year, table_code, row_code, column_code, finding_text, source_path, source_row
from core.annual_report_faults
order by reporter_id, report_year, table_code, row_code, column_code
