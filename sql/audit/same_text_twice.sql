-- 哪些信息同一单位重复发布充抵任务数？ Which units posted the same text more than once to make the number?
-- 同一单位、同一标题、同一形成日期，标识不同。 Same unit, same title, same day made, different ids.
select
    unit_name,
    min(disclosure_title) as disclosure_title,
    made_on,
    count(*) as copy_count,
    list(disclosure_id order by disclosure_id) as disclosure_ids,
    min(published_on) as first_published_on,
    max(published_on) as last_published_on
from core.disclosures
where is_released and published_on <= getvariable('as_of') and unit_id is not null
group by unit_id, unit_name, plain_name(disclosure_title), made_on
having count(*) > 1
order by copy_count desc, unit_name asc, disclosure_title asc
