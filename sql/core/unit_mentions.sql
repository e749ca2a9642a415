-- one row per scope, printed unit name and kind of place it was found in (held documents are left out), with the key by which names are matched
with scoped as (
    select scopes.*
    from core.document_scopes as scopes
    semi join core.plan_documents as released on scopes.document_id = released.document_id and released.is_released
),

mentioned as (
    select scopes.region_scope, scopes.region_code, scopes.region_name, scopes.region_pattern, listed.printed_unit_name, 'list' as origin, 1 as mention_count
    from staging.plan_unit_list as listed
    inner join scoped as scopes on listed.document_id = scopes.document_id
    union all
    select scopes.region_scope, scopes.region_code, scopes.region_name, scopes.region_pattern, targets.printed_unit_name, 'target' as origin, 1 as mention_count
    from staging.plan_unit_targets as targets
    inner join scoped as scopes on targets.document_id = scopes.document_id
    union all
    select scopes.region_scope, scopes.region_code, scopes.region_name, scopes.region_pattern, named.printed_unit_name, 'task' as origin, 1 as mention_count
    from staging.plan_task_units as named
    inner join scoped as scopes on named.document_id = scopes.document_id
    union all
    select run.region_scope, run.region_code, run.region_name, run.region_pattern, units.unit_name as printed_unit_name, 'register' as origin, 1 as mention_count
    from staging.units as units
    cross join reference.run as run
    union all
    select run.region_scope, run.region_code, run.region_name, run.region_pattern, recorded.printed_unit_name, 'record' as origin, recorded.mention_count
    from staging.record_units as recorded
    cross join reference.run as run
),

counted as (
    select region_scope, region_code, region_name, region_pattern, printed_unit_name, origin, cast(sum(mention_count) as bigint) as mention_count
    from mentioned
    group by all
),

keyed as (
    select
        counted.*,
        aliases.unit_name is not null as is_registered_alias,
        unit_key(coalesce(aliases.unit_name, counted.printed_unit_name), counted.region_pattern) as short_key
    from counted
    left join core.register_aliases as aliases
        on counted.region_scope = aliases.region_scope and plain_name(counted.printed_unit_name) = aliases.alias_name
)

select
    keyed.region_scope,
    keyed.region_code,
    keyed.region_name,
    keyed.printed_unit_name,
    keyed.origin,
    keyed.mention_count,
    coalesce(abbreviations.full_name, keyed.short_key) as unit_key,
    keyed.is_registered_alias,
    abbreviations.full_name is not null as is_abbreviated,
    is_collective_name(keyed.printed_unit_name) as is_collective
from keyed
left join reference.unit_abbreviations as abbreviations on keyed.short_key = abbreviations.abbreviation
