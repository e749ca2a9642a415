-- 名单上哪些单位今年没有公开过信息？ Which listed units have published nothing this year?
-- 空缺本身就是线索；台账没有读全、可能有其记录的不列。 Silence is a lead; units of which records may be unread or in doubt are left out.
select units.unit_id, units.unit_name, units.unit_kind
from core.units as units
inner join core.disclosure_counts as counts
    on units.unit_id = counts.unit_id and counts.plan_year = year(getvariable('as_of')) and counts.progress_reason is null
cross join reference.run as run
where
    units.is_listed
    and units.region_scope = run.region_scope
    and not exists (
        select 1 from core.disclosures as disclosures
        where
            disclosures.unit_id = units.unit_id
            and disclosures.published_on between date_trunc('year', getvariable('as_of')) and getvariable('as_of')
    )
order by units.unit_id
