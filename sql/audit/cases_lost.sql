-- 哪些答复在复议或诉讼中被纠正？ Which answers were corrected on review or in court?
-- 年度报告表四“结果纠正”。 Table 4 of the annual report, corrected.
select unit_id, case_kind, suit_kind, case_number, filed_on, decided_on, source_path, source_row
from core.request_cases
where case_result = 'corrected' and decided_on <= getvariable('as_of')
order by decided_on, case_number
