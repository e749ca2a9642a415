-- one row per row of a unit register: the unit and the other names it goes by
select
    units.unit_name,
    units.alias_name,
    sources.source_path,
    units.source_row
from raw.units as units
inner join staging.sources as sources
    on units.source_sha256 = sources.source_sha256 and sources.source_kind = 'units'
where units.unit_name is not null
