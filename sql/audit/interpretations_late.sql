-- 哪些文件的解读晚于发布三个工作日以上？ Which documents were interpreted more than 3 working days after they were published?
-- 解读与文件同步（国办发〔2016〕80号），各地制度最迟三个工作日；有多件解读的看最早一件。 Interpretations come with the document; local rules allow 3 working days. Of several the first counts.
select
    documents.unit_name,
    documents.document_number,
    documents.document_title,
    documents.published_on,
    any_value(term.due_on) as due_on,
    min(interpretations.published_on) as done_on,
    min(done.working_day_number) - any_value(term.due_number) as days_late,
    documents.source_path,
    documents.source_row
from core.policy_documents as documents
inner join core.policy_interpretations as interpretations
    on document_number_key(documents.document_number) = document_number_key(interpretations.interpreted_document_number)
inner join core.terms as term on documents.published_on = term.start_on and term.rule_id = 'interpretation'
inner join core.calendar as done on interpretations.published_on = done.calendar_on
where documents.is_interpretation_required and interpretations.published_on <= getvariable('as_of')
group by all
having min(interpretations.published_on) > any_value(term.due_on)
order by done_on, documents.document_number
