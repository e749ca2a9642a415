-- one row per disclosure that can be counted: it has a title, a unit, dates that are dates, and is no repetition.
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
    rows.disclosure_id,
    rows.index_number,
    rows.disclosure_title,
    aliases.unit_id,
    aliases.unit_name,
    rows.printed_unit_name,
    rows.document_number,
    rows.catalogue_matter,
    rows.channel,
    rows.made_on,
    rows.changed_on,
    rows.published_on,
    rows.withdrawn_on,
    rows.disclosure_attribute,
    clocks.due_on,
    clocks.is_provisional as is_due_provisional,
    greatest(done.working_day_number - clocks.due_number, 0) as days_late,
    rows.url,
    rows.task_no,
    rows.source_path,
    rows.source_row
from staging.disclosures as rows
cross join reference.run as run
left join core.unit_aliases as aliases
    on rows.printed_unit_name = aliases.alias_name and run.region_scope = aliases.region_scope
left join clocks
    on clocks.started_on = case when rows.changed_on <= coalesce(rows.published_on, rows.changed_on) then rows.changed_on else rows.made_on end
left join core.calendar as done on done.calendar_on = coalesce(rows.published_on, run.as_of_on)
anti join core.repeated_disclosures as repeated
    on rows.source_path = repeated.source_path and rows.source_row = repeated.source_row
where
    rows.disclosure_title is not null
    and rows.printed_unit_name is not null
    and not rows.is_date_invalid
    and coalesce(rows.changed_on, rows.made_on) is not null
