-- one row per disclosure that bears an id which an earlier row of the registers bears already
with repeated as (
    select disclosure_id
    from staging.disclosures
    group by disclosure_id
    having count(*) > 1
),

numbered as (
    select
        rows.disclosure_id,
        rows.source_path,
        rows.source_row,
        row_number() over (partition by rows.disclosure_id order by rows.source_path, rows.source_row) as duplicate_index
    from staging.disclosures as rows
    inner join repeated on rows.disclosure_id = repeated.disclosure_id
)

select *
from numbered
where duplicate_index > 1
