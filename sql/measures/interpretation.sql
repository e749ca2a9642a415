-- 政策解读 | documents with an interpretation | 国办发〔2016〕80号
select
    documents.unit_id,
    year(documents.published_on) as plan_year,
    'policy_documents' as register_name,
    documents.record_id,
    count(interpretations.record_id) > 0 as is_in_order
from core.policy_documents as documents
left join core.policy_interpretations as interpretations
    on document_number_key(documents.document_number) = document_number_key(interpretations.interpreted_document_number)
where documents.is_interpretation_required and documents.published_on is not null
group by documents.unit_id, year(documents.published_on), documents.record_id
