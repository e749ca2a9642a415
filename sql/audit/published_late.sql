-- 哪些信息超过二十个工作日才公开？ Which items were published after more than twenty working days?
-- 条例第二十六条；当日不计（民法典第二百零一条）。 Regulations 26; the first day is not counted (Civil Code 201).
select unit_name, disclosure_id, disclosure_title, made_on, changed_on, due_on, published_on, days_late, is_due_provisional, source_path, source_row
from core.disclosures
where starts_term and published_on <= getvariable('as_of') and days_late > 0
order by days_late desc, disclosure_id asc
