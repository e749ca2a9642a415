-- 哪些申请过期仍未答复？ Which requests are overdue and not answered?
-- 条例第三十三条；期限怎样算出见 docs/clocks.md。 Regulations 33; docs/clocks.md shows how the day was counted.
select unit_name, request_number, received_on, due_on, is_provisional, source_path, source_row
from core.requests
where
    due_on < getvariable('as_of')
    and coalesce(closed_on > getvariable('as_of'), true)
    and outcome <> 'unknown' -- where the register leaves it in doubt the request is not overdue
order by due_on, request_number
