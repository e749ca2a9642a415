-- 哪些信息不予公开却没有法定理由？ Which items are withheld without a legal reason?
-- 条例第十四条、第十五条、第十六条。 Regulations 14 to 16.
select unit_name, disclosure_id, disclosure_title, withheld_reason, source_path, source_row
from core.disclosures
where is_withheld and withheld_article is null
order by unit_name, disclosure_id
