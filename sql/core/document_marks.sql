-- one row per plan document that bears a mark: the strictest of all its versions and of its copies (same number and title), which rules it
with titled as (
    select
        document_id,
        nullif(document_number_key(document_number), '') as number_key,
        nullif(plain_name(document_title), '') as title_key
    from staging.plan_documents
),

copies as (
    select distinct documents.document_id, copies.document_id as copy_id
    from titled as documents
    inner join titled as copies
        on
            documents.document_id = copies.document_id
            or (documents.title_key = copies.title_key and coalesce(documents.number_key = copies.number_key, true))
)

select
    copies.document_id,
    marks.mark_kind,
    marks.mark_text,
    marks.line,
    marks.is_current and copies.copy_id = copies.document_id as is_current
from copies
inner join staging.plan_marks as marks on copies.copy_id = marks.document_id
qualify
    row_number() over (
        partition by copies.document_id
        order by
            list_position(['secret', 'internal', 'withheld', 'on_request', 'unknown', 'public'], marks.mark_kind),
            copies.copy_id <> copies.document_id, not marks.is_current, marks.line, marks.mark_text, copies.copy_id
    ) = 1
