-- one row per kind of documents (first met, learned from), layout and field of the hand-labelled documents on which the plan reader was measured
with counted as (
    select
        measured_on,
        plan_layout,
        field_name,
        cast(document_count as bigint) as document_count,
        cast(right_count as bigint) as right_count,
        cast(labelled_count as bigint) as labelled_count,
        cast(found_count as bigint) as found_count,
        reader_version
    from reference.extraction_accuracy
)

select
    measured_on,
    plan_layout,
    field_name,
    document_count,
    labelled_count,
    found_count,
    right_count,
    right_count / nullif(found_count, 0) as accuracy_precision,
    right_count / nullif(labelled_count, 0) as accuracy_recall,
    2 * right_count / nullif(found_count + labelled_count, 0) as accuracy_f1,
    reader_version
from counted
