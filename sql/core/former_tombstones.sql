-- one row per withdrawal that is in the last release and no longer in the register of withdrawals: it holds until a person confirms that it is gone
with released as (
    select
        record_number_key(index_number) as number_key,
        link_key(url) as link_key,
        printed_unit_name,
        withdrawn_on
    from reference.released_tombstones
),

standing as (
    select record_number_key(index_number) as number_key, link_key(url) as link_key, printed_unit_name, title_key(withdrawn_title) as title_key
    from staging.withdrawals
    union all
    select record_number_key(index_number) as number_key, link_key(url) as link_key, printed_unit_name, title_key(withdrawn_title) as title_key
    from quarantine.withdrawals
)

select former.*
from staging.former_withdrawals as former
semi join released
    on
        former.number_key = released.number_key
        or former.link_key = released.link_key
        or (
            released.number_key is null and released.link_key is null
            and former.printed_unit_name = released.printed_unit_name and former.withdrawn_on = released.withdrawn_on
        )
anti join standing
    on
        former.number_key is not distinct from standing.number_key
        and former.link_key is not distinct from standing.link_key
        and former.printed_unit_name is not distinct from standing.printed_unit_name
        and former.title_key is not distinct from standing.title_key
