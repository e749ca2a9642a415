-- 名单上哪些单位今年没有公开过信息？ Which listed units have published nothing this year?
-- 空缺本身就是线索。 Silence is a lead.
select units.unit_id, units.unit_name, units.unit_kind
from core.units as units
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
