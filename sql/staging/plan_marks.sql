-- one row per mark of disclosure or secrecy of a plan document: its own, and those of every version of it that was ever seen.
-- What a former reading without marks gave as the attribute of a version that is gone is a mark that a person must look at
with addresses as (
    select distinct
        documents.document_id,
        sources.source_path
    from staging.plan_documents as documents
    inner join raw.sources as sources on documents.source_sha256 = sources.source_sha256
),

versions as (
    select
        addresses.document_id,
        sources.source_sha256
    from addresses
    inner join raw.sources as sources on addresses.source_path = sources.source_path
    where sources.source_kind = 'plans'
    union
    select document_id, source_sha256
    from staging.plan_versions
),

marks as (
    select source_sha256, mark_kind, quoted_text, line from raw.plan_marks
    union all
    select source_sha256, mark_kind, quoted_text, line from raw.former_plan_marks
    union all
    select former.source_sha256, 'unknown' as mark_kind, former.disclosure_attribute as quoted_text, cast(null as bigint) as line
    from raw.former_plan_documents as former
    anti join raw.former_plan_marks as read_since on former.source_sha256 = read_since.source_sha256
    where former.disclosure_attribute <> attribute_of('public')
    union all
    -- the folder or the name under which a document is filed
    select
        source_sha256,
        case
            when strictest_hold(statement_holds(statements)) in ('secret', 'withheld', 'on_request') then strictest_hold(statement_holds(statements))
            else 'unknown'
        end as mark_kind,
        path_parts[1] as quoted_text,
        cast(null as bigint) as line
    from raw.path_statements
    where source_kind = 'plans'
)

select
    versions.document_id,
    marks.mark_kind,
    marks.quoted_text as mark_text,
    marks.line,
    versions.source_sha256,
    versions.source_sha256 = documents.source_sha256 as is_current
from versions
inner join staging.plan_documents as documents on versions.document_id = documents.document_id
inner join marks on versions.source_sha256 = marks.source_sha256
