-- one row per legal term that binds a unit: how often it was kept, exceeded, is exceeded and not done, is running.
-- Terms of applicants, third parties and other organs lapse, and are never late
select
    rules.rule_title,
    rules.rule_title_en,
    count(*) filter (receipts.outcome = 'in_time') as in_time_count,
    count(*) filter (receipts.outcome = 'late') as late_count,
    count(*) filter (receipts.outcome = 'overdue') as overdue_count,
    count(*) filter (receipts.outcome in ('running', 'waiting')) as running_count
from core.clock_runs as receipts
inner join reference.clock_rules as rules
    on receipts.rule_id = rules.rule_id
where rules.bound_party = 'organ'
group by all
order by count(*) desc, rules.rule_title asc
