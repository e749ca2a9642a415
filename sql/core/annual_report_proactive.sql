-- one row per unit, year and cell of table 2 of the annual report that a register can fill, with its count; rules of a government are those promulgated by its order (令)
with years as (
    select unnest(range(2019, year(as_of_on) + 1)) as report_year, as_of_on
    from reference.run
),

documents as (
    select
        documents.unit_id,
        documents.made_on,
        documents.published_on,
        documents.repealed_on,
        documents.expires_on,
        is_marked_void(documents.document_status) and coalesce(documents.repealed_on, documents.expires_on) is null as is_void_undated,
        case when is_order_number(documents.document_number) then 'regulations' else 'normative_documents' end as row_code,
        years.report_year,
        least(make_date(years.report_year, 12, 31), years.as_of_on) as until_on
    from core.normative_documents as documents
    cross join years
    where documents.made_on <= years.as_of_on
),

-- repealed on a day, a document is out of force on it; valid until a day (有效期至), it is in force on that day
facts as (
    select
        *,
        made_on <= until_on and not is_void_undated and coalesce(repealed_on > until_on, true) and coalesce(expires_on >= until_on, true) as is_in_force
    from documents
),

cells as (
    select
        unit_id,
        report_year,
        row_code,
        unnest([
            case when year(made_on) = report_year then 'made_count' end,
            case when year(repealed_on) = report_year and repealed_on <= until_on then 'repealed_count' end,
            case when is_in_force then 'in_force_count' end,
            case when year(published_on) = report_year and published_on <= until_on then 'published_count' end,
            case when is_in_force and published_on <= until_on then 'public_count' end
        ]) as column_code
    from facts
),

decisions as (
    select
        results.unit_id,
        year(results.decided_on) as report_year,
        decision_row_code(results.enforcement_kind) as row_code,
        'decision_count' as column_code
    from core.enforcement_results as results
    inner join reference.run as run on results.decided_on <= run.as_of_on
),

counted as (
    select * from cells
    union all
    select * from decisions
)

select unit_id, report_year, row_code, column_code, count(*) as cell_count
from counted
where row_code is not null and column_code is not null
group by all
