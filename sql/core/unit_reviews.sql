-- one row per unit name that a person should look at: unmatched, or matched by a rule that is not sure; with the likest unit as a proposal
with unsure as (
    select *
    from core.unit_aliases
    where match_rule = 'unmatched' or match_confidence < 0.95
),

compared as (
    select
        unsure.region_scope,
        unsure.alias_name,
        known.unit_id,
        known.unit_name,
        greatest(
            jaro_winkler_similarity(unsure.unit_key, known.unit_key),
            jaro_winkler_similarity(plain_name(unsure.alias_name), plain_name(known.alias_name))
        ) as likeness
    from unsure
    inner join core.unit_aliases as known
        on unsure.region_scope = known.region_scope and known.unit_id is not null and unsure.alias_name <> known.alias_name
),

proposed as (
    select
        region_scope,
        alias_name,
        unit_id as proposed_unit_id,
        unit_name as proposed_unit_name,
        round(likeness, 3) as likeness
    from compared
    where likeness >= 0.8
    qualify row_number() over (partition by region_scope, alias_name order by likeness desc, unit_id asc) = 1
),

mentions as (
    select region_scope, printed_unit_name, cast(sum(mention_count) as bigint) as mention_count
    from core.unit_mentions
    group by region_scope, printed_unit_name
)

select
    unsure.region_scope,
    unsure.alias_name,
    mentions.mention_count,
    unsure.unit_id,
    unsure.unit_name,
    unsure.match_rule,
    unsure.match_confidence,
    proposed.proposed_unit_id,
    proposed.proposed_unit_name,
    proposed.likeness
from unsure
inner join mentions on unsure.region_scope = mentions.region_scope and unsure.alias_name = mentions.printed_unit_name
left join proposed on unsure.region_scope = proposed.region_scope and unsure.alias_name = proposed.alias_name
