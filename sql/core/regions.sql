-- one row per administrative division (GB/T 2260), with the full name under which documents cite it
select
    region.region_code,
    coalesce(grandparent.region_name, '') || coalesce(parent.region_name, '') || region.region_name as region_name,
    region.region_name as short_region_name,
    coalesce(parent.region_name, '') || region.region_name as cited_region_name,
    region.region_level,
    region.parent_region_code,
    count(*) over (partition by region.region_name) = 1 as is_name_unique,
    '^' || coalesce('(' || grandparent.region_name || ')?', '')
    || coalesce('(' || parent.region_name || ')?', '') || '(' || region.region_name || ')?' as region_pattern
from reference.regions as region
left join reference.regions as parent on region.parent_region_code = parent.region_code
left join reference.regions as grandparent on parent.parent_region_code = grandparent.region_code
