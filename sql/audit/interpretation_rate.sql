-- 各单位政策解读率是否达到百分之九十？ Which units interpret fewer than nine in ten of their documents?
-- 九成是一些县区计划所定的目标。 Nine in ten is the target of some counties' plans.
with interpreted as (
    select distinct document_number_key(interpreted_document_number) as document_key
    from core.policy_interpretations
    where published_on <= getvariable('as_of')
)

select documents.unit_id, documents.unit_name, count(*) as document_count, count(interpreted.document_key) as interpreted_count
from core.policy_documents as documents
left join interpreted on document_number_key(documents.document_number) = interpreted.document_key
where documents.is_interpretation_required and documents.published_on <= getvariable('as_of')
group by documents.unit_id, documents.unit_name
having count(interpreted.document_key) < 0.9 * count(*)
order by documents.unit_id
