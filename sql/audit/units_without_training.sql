-- 哪些单位今年没有办过政务公开培训或会议？ Which listed units held no training or meeting this year?
-- 每年至少一次。 At least one a year.
select units.unit_id, units.unit_name
from core.units as units
inner join reference.run as run on units.region_scope = run.region_scope
where
    units.is_listed
    and not exists (
        select 1 from core.trainings as trainings
        where trainings.unit_id = units.unit_id and trainings.held_on between date_trunc('year', getvariable('as_of')) and getvariable('as_of')
    )
order by units.unit_id
