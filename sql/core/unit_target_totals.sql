-- one row per printed total of a table of targets, beside the sum of the rows it stands under
select
    totals.document_id,
    totals.total_count,
    cast(sum(targets.target_count) as bigint) as summed_count,
    count(*) as row_count,
    totals.line,
    totals.quoted_text
from staging.plan_target_totals as totals
inner join staging.plan_unit_targets as targets on totals.document_id = targets.document_id
group by totals.document_id, totals.total_count, totals.line, totals.quoted_text
