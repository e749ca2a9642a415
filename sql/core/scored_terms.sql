-- one row per term that was judged and is due in a year with a scoring scheme, and whether it was kept (a view)
select
    terms.rule_id,
    terms.unit_id,
    year(terms.due_on) as plan_year,
    terms.register_name,
    terms.record_id,
    terms.outcome = 'in_time' as is_in_order
from core.clock_runs as terms
semi join reference.scoring_items as items on year(terms.due_on) = items.plan_year -- the greatest register is read only for a year with a scheme
where terms.outcome in ('in_time', 'late', 'overdue')
