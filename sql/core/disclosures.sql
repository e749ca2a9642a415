-- one row per disclosure that is no repetition of another; `is_released` where it may stand in the public data: 主动公开, reviewed
-- where its register says so, published, not withdrawn.
-- Due on the 20th working day after making or change, the first day not counted (Regulations 26; Civil Code 201)
with clocks as (
    select
        start.calendar_on as started_on,
        due.calendar_on as due_on,
        due.working_day_number as due_number,
        due.is_provisional
    from core.calendar as start
    inner join core.calendar as due
        on due.working_day_number = start.working_day_number + 20 and due.is_working_day
)

select
    records.disclosure_id,
    records.index_number,
    records.disclosure_title,
    aliases.unit_id,
    aliases.unit_name,
    records.printed_unit_name,
    records.document_number,
    records.catalogue_matter,
    records.channel,
    records.made_on,
    records.changed_on,
    records.published_on,
    records.withdrawn_on,
    records.disclosure_attribute,
    records.review_state,
    records.withheld_reason,
    withheld_article(records.withheld_reason) as withheld_article,
    coalesce(
        records.disclosure_attribute = '主动公开'
        and is_reviewed(records.review_state)
        and records.published_on <= run.as_of_on
        and (records.withdrawn_on is null or records.withdrawn_on > run.as_of_on),
        false
    ) as is_released,
    clocks.due_on,
    clocks.is_provisional as is_due_provisional,
    case when clocks.due_number is not null then greatest(done.working_day_number - clocks.due_number, 0) end as days_late,
    records.url,
    records.task_no,
    records.source_path,
    records.source_sheet,
    records.source_row
from staging.disclosures as records
cross join reference.run as run
left join core.unit_aliases as aliases
    on records.printed_unit_name = aliases.alias_name and run.region_scope = aliases.region_scope
left join clocks
    on clocks.started_on = case when records.changed_on <= coalesce(records.published_on, records.changed_on) then records.changed_on else records.made_on end
left join core.calendar as done on done.calendar_on = coalesce(records.published_on, run.as_of_on)
anti join core.repeated_disclosures as repeated
    on
        records.source_path = repeated.source_path
        and records.source_row = repeated.source_row
        and records.source_sheet is not distinct from repeated.source_sheet
