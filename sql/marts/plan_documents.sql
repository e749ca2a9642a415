-- one row per plan document that may leave
select
    document_id, document_title, issuer_name, document_number, issued_on, plan_year, region_code, region_name,
    disclosure_attribute, document_kind, task_count, is_incomplete, text_format, source_path, source_sha256
from core.plan_documents
where is_released
