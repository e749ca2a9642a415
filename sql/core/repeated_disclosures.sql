-- one row per disclosure that bears an id which an earlier row of the registers bears already
with repeated as (
    select disclosure_id
    from staging.disclosures
    group by disclosure_id
    having count(*) > 1
),

numbered as (
    select
        records.disclosure_id,
        records.source_path,
        records.source_sheet,
        records.source_row,
        row_number() over (
            partition by records.disclosure_id order by records.source_path, records.source_sheet, records.source_row
        ) as duplicate_index
    from staging.disclosures as records
    inner join repeated on records.disclosure_id = repeated.disclosure_id
)

select *
from numbered
where duplicate_index > 1
