-- 哪些更正因来源已变而没有应用？ Which corrections were not applied because the source has another value by now?
-- 改为 withdrawn，或写上新的原值。 Set the line to withdrawn, or give it a new guard (docs/corrections.md).
select correction_state, record_id, register_name, source_path, source_row, column_name, correction_reason, requested_by, corrected_on
from core.corrections
where correction_state in ('guard_failed', 'not_found')
order by correction_state, record_id
