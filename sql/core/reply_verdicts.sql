-- one row per reply of a unit: the published verdict that it answers, or in `match_reason` why it answers none. Only a verdict of the unit itself
-- counts, and only one that everything fits that the reply names; where several fit, none is taken. A reply that quotes what is held answers none
with replies as (
    select
        *,
        nullif(document_number_key(verdict_id), '') as id_key,
        nullif(task_no_key(task_no), '') as task_key,
        nullif(plain_title(verdict_title), '') as title_key,
        coalesce(id_key, task_key, title_key) is not null as names_one,
        coalesce(verdict_kind in ('target_progress', 'scorecard') and plan_year is not null, false) as names_a_year
    from core.unit_replies
),

verdicts as (
    select
        *,
        document_number_key(verdict_id) as id_key,
        nullif(task_no_key(task_no), '') as task_key,
        [plain_title(verdict_title), plain_title(task_no || verdict_title)] as title_keys
    from core.verdicts
),

fitting as (
    select
        replies.record_id,
        count(*) as verdict_count,
        min(verdicts.verdict_kind) as verdict_kind,
        min(verdicts.verdict_id) as verdict_id,
        min(verdicts.task_id) as task_id,
        min(verdicts.plan_year) as plan_year,
        min(verdicts.verdict_title) as verdict_title
    from replies
    inner join verdicts
        on
            replies.unit_id = verdicts.unit_id
            and coalesce(replies.verdict_kind = verdicts.verdict_kind, verdicts.verdict_title is not null)
            and coalesce(replies.plan_year = verdicts.plan_year, true)
            and coalesce(replies.id_key = verdicts.id_key, replies.id_key is null)
            and coalesce(replies.task_key = verdicts.task_key, replies.task_key is null)
            and (replies.title_key is null or verdicts.verdict_title is null or list_contains(verdicts.title_keys, replies.title_key))
            and (replies.plan_document_number is null or names_document(replies.plan_document_number, verdicts.document_number, verdicts.document_title))
            and (replies.document_title is null or names_document(replies.document_title, verdicts.document_number, verdicts.document_title))
    where not replies.is_verdict_kind_unclear and (replies.names_one or replies.names_a_year)
    group by replies.record_id
),

quoting as (
    select distinct replies.record_id
    from replies
    inner join core.held_names as held
        on quotes_name(concat_ws(' ', replies.reply_text, replies.reply_state_reason), held.name_kind, held.name_key)
),

matched as (
    select fitting.*
    from fitting
    anti join quoting on fitting.record_id = quoting.record_id
    where fitting.verdict_count = 1
)

select
    replies.record_id,
    replies.unit_id,
    matched.verdict_kind,
    matched.verdict_id,
    matched.task_id,
    matched.plan_year,
    matched.verdict_title,
    case
        when matched.record_id is not null then null
        when fitting.verdict_count = 1 then 'quotes_held'
        when replies.unit_id is null then 'unit_unknown'
        when replies.is_verdict_kind_unclear then 'kind_unclear'
        when not replies.names_one and not replies.names_a_year then 'nothing_named'
        when fitting.verdict_count > 1 then 'several_verdicts'
        else 'no_such_verdict'
    end as match_reason
from replies
left join fitting on replies.record_id = fitting.record_id
left join matched on replies.record_id = matched.record_id
