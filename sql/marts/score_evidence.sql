-- one row per unit, year, item of its scorecard and public record that gave or took points; of records that are not public one row per register, with
-- their number and the points of all
with shown as (
    select
        evidence.unit_id,
        evidence.plan_year,
        evidence.item_id,
        evidence.register_name,
        evidence.record_points,
        records.record_id,
        records.source_path,
        records.source_sheet,
        records.source_row
    from core.score_evidence as evidence
    left join core.public_records as records on evidence.register_name = records.register_name and evidence.record_id = records.record_id
)

select
    shown.unit_id,
    shown.plan_year,
    shown.item_id,
    concat_ws('/', shown.register_name, shown.record_id) as evidence_id,
    items.unit_name,
    items.item_title,
    items.item_kind,
    shown.register_name,
    shown.record_id,
    round(sum(shown.record_points), 6) as record_points,
    count(*) as record_count,
    min(shown.source_path) as source_path,
    min(shown.source_sheet) as source_sheet,
    min(shown.source_row) as source_row
from shown
inner join core.score_items as items
    on shown.unit_id = items.unit_id and shown.plan_year = items.plan_year and shown.item_id = items.item_id
group by
    shown.unit_id, shown.plan_year, shown.item_id, items.unit_name, items.item_title, items.item_kind, shown.register_name, shown.record_id
