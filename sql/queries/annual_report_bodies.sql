-- one row per body that reports in the year $year: all, or where $unit is not null the one of that id, name or other name
select distinct
    reporter_id,
    reporter_name
from core.annual_report
where
    report_year = $year
    and (
        $unit is null
        or $unit in (reporter_id, reporter_name)
        or reporter_id in (
            select aliases.unit_id
            from core.unit_aliases as aliases
            where aliases.alias_name = $unit
        )
    )
order by reporter_id
