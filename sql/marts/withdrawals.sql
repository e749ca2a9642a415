-- one row per item that was public and was withdrawn, entered in the register of withdrawals or not: its tombstone
with withdrawn as (
    select
        disclosure_id as record_id, 'disclosures' as register_name, index_number, printed_unit_name, unit_id, unit_name,
        withdrawn_on, withdrawal_reason, url
    from core.disclosures
    where is_proactive and published_on <= withdrawn_on
    union all
    select
        record_id, 'enforcement_results' as register_name, decision_number as index_number, printed_unit_name, unit_id, unit_name,
        withdrawn_on, revocation_reason as withdrawal_reason, url
    from core.enforcement_results
    where published_on <= withdrawn_on
),

tombstones as (
    select record_id, register_name, index_number, printed_unit_name, unit_id, unit_name, withdrawn_on, withdrawal_reason, url
    from core.withdrawals
    where hold_reason is null
    union all
    select withdrawn.*
    from withdrawn
    anti join core.withdrawals as entered
        on withdrawn.index_number = entered.index_number and withdrawn.unit_id is not distinct from entered.unit_id
    anti join core.withdrawals as linked
        on withdrawn.url = linked.url
)

select tombstones.*
from tombstones
cross join reference.run as run
where tombstones.withdrawn_on <= run.as_of_on
