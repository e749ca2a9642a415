-- one row per measure of sql/reference/measures.csv, unit, year and record it counts, and whether the record is in order (a view)
with clocked as (
    select
        case receipts.rule_id
            when 'proactive_disclosure' then 'timely_disclosure' when 'request_answer' then 'timely_answers'
            when 'enforcement_licence_penalty' then 'timely_enforcement' when 'enforcement_other' then 'timely_enforcement'
            when 'inspection_rectification' then 'inspections_rectified' when 'inspection_rectification_holiday' then 'inspections_rectified'
            when 'simple_enquiry' then 'mailbox_timely'
        end as measure_id,
        receipts.unit_id,
        year(receipts.due_on) as plan_year,
        receipts.register_name,
        receipts.record_id,
        receipts.outcome = 'in_time' as is_in_order
    from core.clock_runs as receipts
    semi join reference.scoring_items as items on year(receipts.due_on) = items.plan_year -- the greatest register is read only for a year with a scheme
    where receipts.outcome in ('in_time', 'late', 'overdue')
),

measured as (
    select measure_id, unit_id, plan_year, register_name, record_id, is_in_order
    from clocked
    where measure_id is not null
    union all
    select
        'withheld_with_reason' as measure_id, unit_id, year(made_on) as plan_year, 'disclosures' as register_name, disclosure_id as record_id,
        withheld_article is not null as is_in_order
    from core.disclosures
    where is_withheld
    union all
    select
        'answers_upheld' as measure_id, unit_id, year(decided_on) as plan_year, 'request_events' as register_name,
        concat_ws('/', request_id, case_number) as record_id, case_result <> 'corrected' as is_in_order
    from core.request_cases
    where decided_on is not null
    union all
    select
        'tasks_delivered' as measure_id, unit_id, plan_year, 'plan_tasks' as register_name, task_id as record_id,
        delivery_status in ('done_on_time', 'standing_kept') as is_in_order
    from core.task_delivery
    where delivery_status in ('done_on_time', 'standing_kept', 'done_late', 'overdue', 'standing_neglected')
    union all
    select
        'targets_met' as measure_id, unit_id, plan_year, 'unit_targets' as register_name, unit_id as record_id, disclosed_count >= target_count as is_in_order
    from core.target_progress
    where progress_reason is null or disclosed_count >= target_count
    union all
    select
        'interpretation' as measure_id, documents.unit_id, year(documents.published_on) as plan_year, 'policy_documents' as register_name,
        documents.record_id, count(interpretations.record_id) > 0 as is_in_order
    from core.policy_documents as documents
    left join core.policy_interpretations as interpretations
        on document_number_key(documents.document_number) = document_number_key(interpretations.interpreted_document_number)
    where documents.is_interpretation_required and documents.published_on is not null
    group by documents.unit_id, year(documents.published_on), documents.record_id
    union all
    select 'trainings' as measure_id, unit_id, year(held_on) as plan_year, 'trainings' as register_name, record_id, true as is_in_order
    from core.trainings
    union all
    select
        'catalogue_current' as measure_id, unit_id, year(as_of_on) as plan_year, 'catalogue_matters' as register_name, record_id,
        coverage_status = 'current' as is_in_order
    from core.catalogue_coverage
    where coverage_status not in ('unscheduled', 'unknown')
    union all
    select
        'annual_report_right' as measure_id, units.unit_id, faults.report_year as plan_year, 'annual_report_cells' as register_name,
        faults.record_id, false as is_in_order
    from core.annual_report_faults as faults
    inner join core.units as units on faults.reporter_id = units.unit_id
)

select measure_id, unit_id, plan_year, register_name, record_id, is_in_order
from measured
where unit_id is not null and plan_year is not null
