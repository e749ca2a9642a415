-- 哪些信息的公开日期早于形成日期？ Which items were published before they were made?
-- 其中必有一个日期不实。 One of the two dates cannot be true.
select unit_name, disclosure_id, disclosure_title, made_on, published_on, source_path, source_sheet, source_row
from core.disclosures
where published_on < made_on
order by unit_name, published_on, disclosure_id
