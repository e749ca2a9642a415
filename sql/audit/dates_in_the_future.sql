-- 哪些记录的日期在将来？ Which records bear a day that has not come yet?
-- 已经发生的事不可能晚于询问之日。 What has happened cannot be later than the day asked about.
select unit_name, disclosure_id, disclosure_title, made_on, changed_on, published_on, withdrawn_on, source_path, source_row
from core.disclosures
where greatest(made_on, changed_on, published_on, withdrawn_on) > getvariable('as_of')
order by unit_name, disclosure_id
