-- 哪些索引号被用了两次？ Which index numbers were used twice?
-- 条例第十二条：目录编有索引。 Regulations 12: the catalogue holds an index.
select record_id as disclosure_id, source_path, source_sheet, source_row, version_rank, version_kind, versioned_on
from core.record_versions
where register_name = 'disclosures' and version_rank > 1
order by disclosure_id, version_rank
