-- one row per plan document: the region it speaks for, and the scope within which its short unit names are unique
with cited as (
    select
        documents.document_id,
        regions.region_code,
        regions.region_name,
        regions.region_pattern,
        row_number() over (
            partition by documents.document_id
            order by
                case regions.region_level when 'county' then 0 when 'city' then 1 else 2 end,
                length(regions.cited_region_name) desc,
                regions.region_code
        ) as choice
    from staging.plan_documents as documents
    inner join core.regions as regions
        on contains(
            concat_ws(' ', documents.issuer_name, documents.document_title),
            case when regions.is_name_unique then regions.short_region_name else regions.cited_region_name end
        )
)

select
    documents.document_id,
    coalesce(cited.region_code, run.region_code) as region_code,
    coalesce(cited.region_name, run.region_name) as region_name,
    coalesce(cited.region_pattern, run.region_pattern) as region_pattern,
    coalesce(cited.region_code, run.region_code, documents.document_id) as region_scope
from staging.plan_documents as documents
cross join reference.run as run
left join cited on documents.document_id = cited.document_id and cited.choice = 1
