-- 哪些信息撤下后没有留下撤回说明？ Which items were withdrawn without a tombstone?
-- 撤回台账中没有同一索引号。 The register of withdrawals has no row of that index number.
select records.unit_name, records.index_number, records.disclosure_title, records.withdrawn_on, records.source_path, records.source_row
from core.disclosures as records
anti join core.withdrawals as tombstones on records.index_number = tombstones.index_number
where records.withdrawn_on <= getvariable('as_of') and records.published_on is not null
order by records.withdrawn_on, records.index_number
