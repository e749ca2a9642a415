-- one row per row of a disclosure register, typed; a date that is none is null and marked
with typed as (
    select
        *,
        parse_date(made_on) as made_date,
        parse_date(changed_on) as changed_date,
        parse_date(published_on) as published_date,
        parse_date(withdrawn_on) as withdrawn_date
    from raw.disclosures
)

select
    coalesce(
        typed.index_number, md5(concat_ws('|', typed.printed_unit_name, typed.disclosure_title, typed.made_on))
    ) as disclosure_id,
    typed.index_number,
    typed.disclosure_title,
    typed.printed_unit_name,
    typed.document_number,
    typed.catalogue_matter,
    typed.channel,
    typed.made_date as made_on,
    typed.changed_date as changed_on,
    typed.published_date as published_on,
    typed.withdrawn_date as withdrawn_on,
    (typed.made_on is not null and typed.made_date is null)
    or (typed.changed_on is not null and typed.changed_date is null)
    or (typed.published_on is not null and typed.published_date is null)
    or (typed.withdrawn_on is not null and typed.withdrawn_date is null) as is_date_invalid,
    typed.disclosure_attribute,
    typed.review_state,
    typed.withheld_reason,
    typed.url,
    typed.task_no,
    sources.source_path,
    typed.source_sheet,
    typed.source_row
from typed
inner join staging.sources as sources
    on typed.source_sha256 = sources.source_sha256 and sources.source_kind = 'disclosures'
