-- 哪些应解读的文件没有解读？ Which documents that need an interpretation have none?
-- 解读材料与文件同步（国办发〔2016〕80号）。 Interpretations come with the document.
select documents.unit_name, documents.document_number, documents.document_title, documents.published_on, documents.source_path, documents.source_row
from core.policy_documents as documents
where
    documents.is_interpretation_required
    and documents.published_on <= getvariable('as_of')
    and not exists (
        select 1 from core.policy_interpretations as interpretations
        where
            document_number_key(interpretations.interpreted_document_number) = document_number_key(documents.document_number)
            and interpretations.published_on <= getvariable('as_of')
    )
order by documents.published_on, documents.document_number
