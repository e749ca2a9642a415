-- one row per scope, printed name in no list and known name it is made of: 财政局审计局 without a break is 财政局 and 审计局, where no other cut would do
with cuts as (
    select unmatched.region_scope, unmatched.alias_name, before.alias_name as first_name, after.alias_name as second_name
    from core.unit_aliases as unmatched
    inner join core.unit_aliases as before
        on
            unmatched.region_scope = before.region_scope
            and before.unit_id is not null
            and length(before.alias_name) > 2
            and starts_with(unmatched.alias_name, before.alias_name)
    inner join core.unit_aliases as after
        on
            unmatched.region_scope = after.region_scope
            and after.unit_id is not null
            and length(after.alias_name) > 2
            and unmatched.alias_name = before.alias_name || after.alias_name
    where unmatched.match_rule = 'unmatched'
),

decided as (
    select region_scope, alias_name, unnest([any_value(first_name), any_value(second_name)]) as printed_unit_name, unnest([1, 2]) as position
    from cuts
    group by region_scope, alias_name
    having count(*) = 1
)

select region_scope, alias_name, cast(position as bigint) as position, printed_unit_name
from decided
