-- one row per printed total of a table of targets, beside the sum of the rows above it:
-- where a plan prints several totals, each is held against the rows since the one before it
with bounded as (
    select
        *,
        case when count(*) over (partition by document_id) = 1 then 0 else coalesce(lag(line) over in_order, 0) end as after_line,
        case when count(*) over (partition by document_id) > 1 then line end as last_line
    from staging.plan_target_totals
    window in_order as (partition by document_id order by line)
)

select
    totals.document_id,
    totals.total_count,
    cast(sum(targets.target_count) as bigint) as summed_count,
    count(*) as row_count,
    totals.line,
    totals.quoted_text
from bounded as totals
inner join staging.plan_unit_targets as targets
    on
        totals.document_id = targets.document_id
        and totals.after_line < targets.line
        and coalesce(totals.last_line, targets.line) >= targets.line
group by totals.document_id, totals.total_count, totals.line, totals.quoted_text
