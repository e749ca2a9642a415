-- 哪些单位一天发布的信息超过当年全部的五分之一？ Which units posted more than a fifth of their year on one day?
-- 二十条以上才算；系统迁移也会如此，须看来源。 From twenty items on; moving to another system looks alike: look at the source.
with years as (
    select unit_id, any_value(unit_name) as unit_name, year(published_on) as plan_year, count(*) as disclosed_count
    from core.disclosures
    where is_released and published_on <= getvariable('as_of') and unit_id is not null
    group by unit_id, year(published_on)
),

days as (
    select unit_id, published_on, count(*) as day_count
    from core.disclosures
    where is_released and published_on <= getvariable('as_of') and unit_id is not null
    group by unit_id, published_on
)

select years.unit_id, years.unit_name, days.published_on, days.day_count, years.disclosed_count
from days
inner join years on days.unit_id = years.unit_id and year(days.published_on) = years.plan_year
where days.day_count >= 20 and days.day_count * 5 > years.disclosed_count
order by days.day_count desc, years.unit_id asc, days.published_on asc
