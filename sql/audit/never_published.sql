-- 哪些应主动公开的信息过期仍未公开？ Which items that ought to be public are overdue and not published?
-- 条例第二十六条；撤回的不计。 Regulations 26; items withdrawn are not counted.
select unit_name, disclosure_id, disclosure_title, made_on, changed_on, due_on, is_due_provisional, source_path, source_row
from core.disclosures
where
    starts_term
    and due_on < getvariable('as_of')
    and coalesce(published_on > getvariable('as_of'), true)
    and withdrawn_on is null
    and days_late is not null -- null where the file has no column for the day of publication: not known
order by due_on, disclosure_id
