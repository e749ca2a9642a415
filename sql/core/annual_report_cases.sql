-- one row per request or case, year and cell of the annual report in which it counts; no number, name or content: a label that counts through the unit's year.
-- A request counts as received on the day of receipt, as a result on the day it was closed, as carried where it was open at the turn of a year
with run as (
    select as_of_on, year(as_of_on) as last_year
    from reference.run
),

requests as (
    select
        requests.unit_id,
        requests.received_on,
        requests.closed_on,
        coalesce(requests.applicant_kind, 'unknown_applicant') as column_code,
        coalesce(requests.outcome_code, 'unknown_outcome') as outcome_code,
        'R' || year(requests.received_on) || '-' || lpad(
            cast(row_number() over (partition by requests.unit_id, year(requests.received_on) order by requests.received_on, requests.request_number) as varchar), 4, '0'
        ) as case_label,
        run.last_year
    from core.requests as requests
    cross join run
    where requests.received_on <= run.as_of_on
),

counted as (
    select
        *,
        unnest(range(year(received_on), least(coalesce(year(closed_on), last_year), last_year) + 1)) as report_year
    from requests
),

in_rows as (
    select
        *,
        unnest([
            case when report_year = year(received_on) then 'new_received' else 'carried_in' end,
            case
                when report_year is distinct from year(closed_on) then 'carried_over'
                when report_year <= 2020 and starts_with(outcome_code, 'other') then 'other'
                when outcome_code = 'other' then 'other_3'
                else outcome_code
            end
        ]) as row_code
    from counted
),

cases as (
    select
        cases.unit_id,
        cases.filed_on,
        cases.decided_on,
        'C' || year(cases.filed_on) || '-' || lpad(
            cast(row_number() over (partition by cases.unit_id, year(cases.filed_on) order by cases.filed_on, cases.case_number) as varchar), 4, '0'
        ) as case_label,
        case cases.case_kind when 'review' then 'review' else coalesce(cases.suit_kind, 'direct') end as prefix,
        cases.case_result,
        run.last_year,
        unnest(range(year(cases.filed_on), least(coalesce(year(cases.decided_on), run.last_year), run.last_year) + 1)) as report_year
    from core.request_cases as cases
    cross join run
    where cases.filed_on <= run.as_of_on
)

select
    unit_id, report_year, 3 as table_code, row_code, column_code, case_label, received_on as started_on, closed_on as ended_on
from in_rows
union all
select
    unit_id,
    report_year,
    4 as table_code,
    'cases' as row_code,
    prefix || '_' || case when report_year = year(decided_on) then case_result else 'pending' end as column_code,
    case_label,
    filed_on as started_on,
    decided_on as ended_on
from cases
