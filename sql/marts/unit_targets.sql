-- one row per document and unit with a yearly target
select document_id, position, plan_year, printed_unit_name, unit_id, unit_name, target_count, target_text, line, quoted_text
from core.unit_targets
