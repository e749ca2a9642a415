-- one row per plan document, its facts as the text gives them. Its id is its own: that of its number, or of issuer, year and title. Of several files of one
-- document the first that ever came bears it, the others a number behind it (~2); another document of the same number bears a digest of its title
with arrived as (
    select source_sha256, min(seen_from) as arrived_at
    from raw.sources
    where source_kind = 'plans' and source_sha256 is not null
    group by source_sha256
),

known as (
    select
        documents.*,
        sources.source_path,
        arrived.arrived_at,
        document_id_of(documents.doc_number, documents.issuer, documents.title, documents.plan_year, documents.source_sha256) as own_id,
        document_key_of(documents.doc_number, documents.issuer, documents.title, documents.plan_year) as document_key
    from raw.plan_documents as documents
    inner join staging.sources as sources
        on documents.source_sha256 = sources.source_sha256 and sources.source_kind = 'plans'
    inner join arrived on documents.source_sha256 = arrived.source_sha256
),

told_apart as (
    select
        *,
        coalesce(document_key, '') as same_key,
        first_value(coalesce(document_key, '')) over (partition by own_id order by arrived_at, source_path) as first_key
    from known
),

numbered as (
    select
        *,
        own_id || if(same_key = first_key, '', '-' || left(md5(same_key), 6)) as plain_id,
        row_number() over (partition by own_id, same_key order by arrived_at, source_path) as copy_number
    from told_apart
)

select
    plain_id || if(copy_number = 1, '', '~' || copy_number) as document_id,
    title as document_title,
    issuer as issuer_name,
    doc_number as document_number,
    issued_on,
    plan_year,
    document_kind,
    kind_rule,
    kind_text,
    kind_line,
    text_format,
    line_count,
    document_key,
    dense_rank() over (order by arrived_at) as arrival_number,
    source_path,
    source_sha256
from numbered
