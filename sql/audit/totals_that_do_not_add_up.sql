-- 哪些计划所印合计与各行之和不符？ Which plans print a total that is not the sum of its rows?
-- 算术。 Arithmetic.
select document_id, total_count, summed_count, row_count, line, quoted_text
from core.unit_target_totals
where total_count <> summed_count
order by document_id, line
