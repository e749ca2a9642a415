-- 哪些单位靠十二月突击发布完成年度目标？ Which units met their target by bulk posting in December?
-- 十一月底尚未完成，年底完成，且十二月条数超过前十一个月月均的三倍。 Short of the target by the end of November, met by the end of the year, with more than three times the monthly mean in December.
with posted as (
    select
        unit_id,
        year(published_on) as plan_year,
        count(*) as disclosed_count,
        count(*) filter (where month(published_on) = 12) as december_count
    from core.disclosures
    where is_released and published_on <= getvariable('as_of')
    group by all
)

select
    targets.unit_id,
    targets.unit_name,
    targets.plan_year,
    targets.target_count,
    posted.disclosed_count,
    posted.december_count,
    round((posted.disclosed_count - posted.december_count) / 11, 1) as earlier_monthly_mean
from core.target_progress as targets
inner join posted on targets.unit_id = posted.unit_id and targets.plan_year = posted.plan_year
where
    posted.disclosed_count >= targets.target_count
    and posted.disclosed_count - posted.december_count < targets.target_count
    and posted.december_count > 3 * (posted.disclosed_count - posted.december_count) / 11
order by posted.december_count desc, targets.unit_id asc
