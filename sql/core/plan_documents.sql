-- one row per plan document, with its region, the number of its tasks, and why it is held back, if it is. Only documents with is_released leave, and nothing
-- of the others is read by any other table of this layer; their words stay in staging for auditors
with counted as (
    select document_id, count(*) as task_count
    from staging.plan_tasks
    group by document_id
),

lost as ( -- parts that were not read: with them a document is incomplete
    select document_id, count(*) as unread_part_count
    from staging.plan_losses
    group by document_id
),

decided as (
    select documents.document_id, decisions.document_decision, decisions.document_kind
    from staging.plan_documents as documents
    inner join reference.document_decisions as decisions
        on
            coalesce(decisions.document_id in (documents.document_id, documents.source_path), true)
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

known as (
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

ruled as (
    select
        known.*,
        case
            when known.mark_kind in ('secret', 'internal', 'withheld') then known.mark_kind
            when known.is_withdrawn then 'withdrawn'
            when known.mark_kind = 'on_request' then known.mark_kind
            when known.document_decision = 'hold' then 'decision'
            when known.document_decision is null
                then
                    case
                        when known.mark_kind = 'unknown' then 'unknown_attribute'
                        when known.held_document_id is not null then 'quotes_held'
                        when known.kind is null then 'unknown_kind'
                        when not kinds.is_plan then 'not_a_plan'
                    end
        end as hold_reason
    from known
    left join reference.document_kinds as kinds on known.kind = kinds.document_kind
),

ordered as (
    select
        document_id,
        document_number,
        first_value(document_id) over (
            partition by coalesce(record_number_key(document_number) || '|' || title_key(document_title), document_key)
            order by issued_on desc nulls last, arrival_number asc, document_id asc
        ) as first_document_id
    from ruled
    where hold_reason is null and document_decision is null and document_key is not null
),

-- without a number it takes more to be the same: half of its tasks
alike as (
    select ordered.document_id
    from ordered
    inner join staging.plan_tasks as own on ordered.document_id = own.document_id
    left join staging.plan_tasks as theirs
        on ordered.first_document_id = theirs.document_id and plain_name(own.task_title) = plain_name(theirs.task_title)
    where ordered.document_number is null and ordered.document_id <> ordered.first_document_id
    group by ordered.document_id
    having 2 * count(distinct theirs.task_title) >= count(distinct own.task_title)
),

copies as ( -- saved again under another name: of files that may leave and are one document, all but the one issued last, or of these the first that came
    select ordered.document_id, ordered.first_document_id
    from ordered
    left join alike on ordered.document_id = alike.document_id
    where ordered.document_id <> ordered.first_document_id and (ordered.document_number is not null or alike.document_id is not null)
),

settled as (
    select
        ruled.* replace (coalesce(ruled.hold_reason, if(copies.document_id is null, null, 'copy')) as hold_reason),
        copies.first_document_id
    from ruled
    left join copies on ruled.document_id = copies.document_id
)

select
    settled.document_id,
    settled.document_title,
    settled.issuer_name,
    settled.document_number,
    settled.issued_on,
    settled.plan_year,
    scopes.region_code,
    scopes.region_name,
    scopes.region_scope,
    attribute_of(settled.mark_kind) as disclosure_attribute,
    settled.kind as document_kind,
    settled.kind_rule,
    settled.hold_reason,
    settled.hold_reason is null as is_released,
    case
        when settled.hold_reason in ('secret', 'internal', 'withheld', 'on_request', 'unknown_attribute') then settled.mark_text
        when settled.hold_reason in ('quotes_held', 'copy') then others.source_path
        when settled.hold_reason in ('not_a_plan', 'unknown_kind') then settled.kind_text
    end as hold_text,
    case
        when settled.hold_reason in ('secret', 'internal', 'withheld', 'on_request', 'unknown_attribute') then settled.mark_line
        when settled.hold_reason = 'quotes_held' then settled.quote_line
        when settled.hold_reason in ('not_a_plan', 'unknown_kind') then settled.kind_line
    end as hold_line,
    coalesce(counted.task_count, 0) as task_count,
    lost.document_id is not null as is_incomplete,
    coalesce(lost.unread_part_count, 0) as unread_part_count,
    settled.line_count,
    settled.text_format,
    settled.source_path,
    settled.source_sha256
from settled
inner join core.document_scopes as scopes on settled.document_id = scopes.document_id
left join staging.plan_documents as others
    on if(settled.hold_reason = 'copy', settled.first_document_id, settled.held_document_id) = others.document_id
left join counted on settled.document_id = counted.document_id
left join lost on settled.document_id = lost.document_id
