-- one row per plan document that names, or repeats most of, one that its own mark holds: the held document and the line where that begins
with held as (
    select
        documents.document_id,
        nullif(document_number_key(documents.document_number), '') as number_key,
        regexp_replace(documents.document_title, '[\s　《》〈〉]+', '', 'g') as title_key
    from staging.plan_documents as documents
    inner join core.document_marks as marks on documents.document_id = marks.document_id
    where marks.mark_kind <> 'public'
),

lines as (
    select
        document_id,
        line,
        regexp_replace(line_text, '[\s　《》〈〉]+', '', 'g') as words,
        document_number_key(line_text) as numbers
    from staging.plan_lines
),

named as (
    select lines.document_id, held.document_id as held_document_id, lines.line
    from held
    inner join lines
        on
            held.document_id <> lines.document_id
            and (
                contains(lines.numbers, held.number_key)
                or (length(held.title_key) >= 10 and contains(lines.words, held.title_key))
            )
),

repeated as (
    select others.document_id, held.document_id as held_document_id, min(others.line_start) as line
    from held
    inner join staging.plan_tasks as own on held.document_id = own.document_id
    inner join staging.plan_tasks as others on held.document_id <> others.document_id and own.quoted_text = others.quoted_text
    group by others.document_id, held.document_id
    having
        count(distinct others.task_index) * 2 >= (
            select count(*) from staging.plan_tasks as tasks
            where tasks.document_id = others.document_id
        )
),

found as (
    select document_id, held_document_id, line from named
    union all
    select document_id, held_document_id, line from repeated
)

select document_id, min(held_document_id) as held_document_id, min(line) as line
from found
group by document_id
