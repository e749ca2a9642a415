-- 哪些索引号被用了两次？ Which index numbers were used twice?
-- 条例第十二条：目录编有索引。 Regulations 12: the catalogue holds an index.
select record_id as disclosure_id, source_path, source_sheet, source_row, duplicate_index
from core.repeated_records
where register_name = 'disclosures'
order by disclosure_id, duplicate_index
