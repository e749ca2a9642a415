-- one row per sum of the annual report's format and term of it: the row or column named by sum_code is the signed sum of its terms
with sums as (
    select format_year, table_code, section_code, 'row' as sum_axis, row_code as sum_code, sum_rule
    from reference.annual_report_rows
    where sum_rule is not null
    union all
    select format_year, table_code, section_code, 'column' as sum_axis, column_code as sum_code, sum_rule
    from reference.annual_report_columns
    where sum_rule is not null
),

signed as (
    select *, unnest(regexp_extract_all('+' || replace(sum_rule, ' ', ''), '[+-]\w+')) as signed_term
    from sums
)

select
    cast(format_year as bigint) as format_year,
    cast(table_code as bigint) as table_code,
    section_code,
    sum_axis,
    sum_code,
    signed_term[2:] as term_code,
    case signed_term[1] when '-' then -1 else 1 end as term_sign,
    sum_rule
from signed
