-- one row per plan document, with its region, the number of its tasks, and why it is held back, if it is. Only documents with is_released leave, and nothing
-- of the others is read by any other table of this layer; their words stay in staging for auditors
with counted as (
    select document_id, count(*) as task_count
    from staging.plan_tasks
    group by document_id
),

unread_parts as ( -- with them a document is incomplete
    select document_id, count(*) as unread_part_count
    from staging.plan_losses
    group by document_id
),

decided as (
    select documents.document_id, decisions.document_decision, decisions.document_kind
    from staging.plan_documents as documents
    inner join reference.document_decisions as decisions
        on
            coalesce(documents.document_id = decisions.document_id, true)
            and coalesce(documents.source_sha256 = decisions.source_sha256, true)
    qualify
        row_number() over (partition by documents.document_id order by decisions.decided_on desc, decisions.document_decision asc, decisions.decision_line desc) = 1
),

withdrawn as ( -- tombstones of the register of withdrawals
    select distinct documents.document_id
    from staging.plan_documents as documents
    inner join core.record_notices as notices
        on
            notices.register_name is null
            and (record_number_key(documents.document_number) = notices.number_key or title_key(documents.document_title) = notices.title_key)
),

marked_documents as (
    select
        documents.*,
        withdrawn.document_id is not null as is_withdrawn,
        marks.mark_kind,
        marks.mark_text,
        marks.line as mark_line,
        quotes.held_document_id,
        quotes.line as quote_line,
        decided.document_decision,
        coalesce(decided.document_kind, documents.document_kind) as kind
    from staging.plan_documents as documents
    left join core.document_marks as marks on documents.document_id = marks.document_id
    left join core.document_quotes as quotes on documents.document_id = quotes.document_id
    left join decided on documents.document_id = decided.document_id
    left join withdrawn on documents.document_id = withdrawn.document_id
),

judged_documents as (
    select
        marked_documents.*,
        case
            when marked_documents.mark_kind in ('secret', 'internal', 'withheld') then marked_documents.mark_kind
            when marked_documents.is_withdrawn then 'withdrawn'
            when marked_documents.mark_kind = 'on_request' then marked_documents.mark_kind
            when marked_documents.document_decision = 'hold' then 'decision'
            when marked_documents.document_decision is null
                then
                    case
                        when marked_documents.mark_kind = 'unknown' then 'unknown_attribute'
                        when marked_documents.held_document_id is not null then 'quotes_held'
                        when marked_documents.kind is null then 'unknown_kind'
                        when not kinds.is_plan then 'not_a_plan'
                    end
        end as hold_reason
    from marked_documents
    left join reference.document_kinds as kinds on marked_documents.kind = kinds.document_kind
),

copies as ( -- saved again under another name: of documents that may leave and have one number and title, all but the first that came
    select
        judged_documents.document_id,
        first_value(judged_documents.document_id) over (
            partition by record_number_key(judged_documents.document_number), title_key(judged_documents.document_title)
            order by sources.arrival_number, judged_documents.document_id
        ) as first_document_id
    from judged_documents
    inner join staging.sources as sources on judged_documents.source_path = sources.source_path and sources.source_kind = 'plans'
    where
        judged_documents.hold_reason is null and judged_documents.document_decision is null
        and record_number_key(judged_documents.document_number) is not null and title_key(judged_documents.document_title) is not null
),

without_copies as (
    select
        judged_documents.* replace (coalesce(judged_documents.hold_reason, if(copies.document_id <> copies.first_document_id, 'copy', null)) as hold_reason),
        copies.first_document_id
    from judged_documents
    left join copies on judged_documents.document_id = copies.document_id
)

select
    without_copies.document_id,
    without_copies.document_title,
    without_copies.issuer_name,
    without_copies.document_number,
    without_copies.issued_on,
    without_copies.plan_year,
    scopes.region_code,
    scopes.region_name,
    scopes.region_scope,
    attribute_of(without_copies.mark_kind) as disclosure_attribute,
    without_copies.kind as document_kind,
    without_copies.kind_rule,
    without_copies.hold_reason,
    without_copies.hold_reason is null as is_released,
    case
        when without_copies.hold_reason in ('secret', 'internal', 'withheld', 'on_request', 'unknown_attribute') then without_copies.mark_text
        when without_copies.hold_reason = 'quotes_held' then without_copies.held_document_id
        when without_copies.hold_reason = 'copy' then without_copies.first_document_id
        when without_copies.hold_reason in ('not_a_plan', 'unknown_kind') then without_copies.kind_text
    end as hold_text,
    case
        when without_copies.hold_reason in ('secret', 'internal', 'withheld', 'on_request', 'unknown_attribute') then without_copies.mark_line
        when without_copies.hold_reason = 'quotes_held' then without_copies.quote_line
        when without_copies.hold_reason in ('not_a_plan', 'unknown_kind') then without_copies.kind_line
    end as hold_line,
    coalesce(counted.task_count, 0) as task_count,
    unread_parts.document_id is not null as is_incomplete,
    coalesce(unread_parts.unread_part_count, 0) as unread_part_count,
    without_copies.line_count,
    without_copies.text_format,
    without_copies.source_path,
    without_copies.source_sha256
from without_copies
inner join core.document_scopes as scopes on without_copies.document_id = scopes.document_id
left join counted on without_copies.document_id = counted.document_id
left join unread_parts on without_copies.document_id = unread_parts.document_id
