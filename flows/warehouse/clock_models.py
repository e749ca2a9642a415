"""The terms that rows of registers start, in SQL written out of their descriptors' `clocks`; all count on core.terms.

A main clock gives core.<register> its columns due_on, is_due_provisional and days_late. Every clock gives receipts:
one row per record and rule, which core.receipts joins with those of the event logs.

An empty cell says "not done" only where its file has the column: without it nobody knows, the outcome is `unknown` and nothing is late.
A cell that is filled and no date sets its row aside (flows/quality/register_rules.py), so that no term of it is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from exports.catalog import Clock, Register
from exports.release.files import literal


def started(register: Register) -> str:
    """A common table `started` that adds to `resolved` which rule runs from when; nothing where no clock is a main one."""
    clocks = _main(register)
    if not clocks:
        return ""
    return f""",

started as (
    select
        *,
        {_chosen(clocks, [literal(clock.rule) for clock in clocks])} as clock_rule_id,
        {_chosen(clocks, [clock.start for clock in clocks])} as clock_start_on,
        {_chosen(clocks, [clock.done for clock in clocks])} as clock_done_on,
        {_chosen(clocks, [literal(clock.done) for clock in clocks])} as clock_done_column
    from resolved
)"""


def clock_columns(register: Register) -> str:
    if not _main(register):
        return ""
    return """
    term.due_on,
    term.is_provisional as is_due_provisional,
    case when records.clock_done_on is not null or deed.column_name is not null then
        days_late(term.day_unit, term.due_on, term.due_number, ended.calendar_on, ended.working_day_number)
    end as days_late,"""


def clock_joins(name: str, register: Register) -> str:
    if not _main(register):
        return ""
    return f"""
left join core.terms as term
    on records.clock_rule_id = term.rule_id and records.clock_start_on = term.start_on
left join staging.recognised_columns as deed
    on
        deed.register_name = {literal(name)}
        and records.source_path = deed.source_path
        and records.clock_done_column = deed.column_name
left join core.calendar as ended
    on ended.calendar_on = done_or_today(records.clock_done_on, records.as_of_on)"""


def receipts(records: Mapping[str, Register]) -> str:
    """One row per record and rule whose term it started. What was done after the as-of date is not done yet."""
    selects = [
        _clocks_of(name, register.id, list(clocks))
        for name, register in records.items()
        for _, clocks in groupby(sorted(register.clocks, key=lambda clock: clock.rule), key=lambda clock: clock.rule)
    ]
    nothing = """select cast(null as varchar) as register_name, cast(null as varchar) as record_id, cast(null as varchar) as unit_id,
    cast(null as varchar) as rule_id, cast(null as varchar) as start_event, cast(null as date) as start_on, cast(null as varchar) as done_event,
    cast(null as date) as done_on, cast(null as varchar) as source_path, cast(null as varchar) as source_sheet, cast(null as bigint) as source_row
where false"""
    return f"""-- one row per record of a register and rule whose term it started (a view: computed when asked)
with started as (
    {" union all ".join(selects) or nothing}
),

clocks as (
    select started.*, started.done_on is null and deed.column_name is null as is_deed_unknown
    from started
    left join staging.recognised_columns as deed
        on
            started.register_name = deed.register_name
            and started.source_path = deed.source_path
            and started.done_event = deed.column_name
)

select
    clocks.register_name,
    clocks.record_id,
    clocks.unit_id,
    clocks.rule_id,
    clocks.start_event,
    clocks.start_on,
    term.due_on,
    case when clocks.done_on <= run.as_of_on then clocks.done_event end as done_event,
    case when clocks.done_on <= run.as_of_on then clocks.done_on end as done_on,
    case when not clocks.is_deed_unknown then
        days_late(term.day_unit, term.due_on, term.due_number, ended.calendar_on, ended.working_day_number)
    end as days_late,
    if(clocks.is_deed_unknown and clock_outcome(term.due_on, clocks.done_on, run.as_of_on) = 'overdue', 'unknown',
        clock_outcome(term.due_on, clocks.done_on, run.as_of_on)) as outcome,
    case when clocks.is_deed_unknown and clock_outcome(term.due_on, clocks.done_on, run.as_of_on) = 'overdue' then
        'no_column_for_deed'
    end as outcome_reason,
    term.is_provisional,
    clocks.source_path,
    clocks.source_sheet,
    clocks.source_row
from clocks
cross join reference.run as run
left join core.terms as term
    on clocks.rule_id = term.rule_id and clocks.start_on = term.start_on
left join core.calendar as ended
    on ended.calendar_on = done_or_today(clocks.done_on, run.as_of_on)
where clocks.start_on <= run.as_of_on
"""


def _main(register: Register) -> list[Clock]:
    return [clock for clock in register.clocks if clock.is_main]


def _clocks_of(name: str, id_name: str, clocks: Sequence[Clock]) -> str:
    """The first of a rule's clocks whose condition holds is the one that runs."""
    return f"""
    select
        {literal(name)} as register_name, {id_name} as record_id, unit_id, {literal(clocks[0].rule)} as rule_id,
        {_chosen(clocks, [literal(clock.start) for clock in clocks])} as start_event,
        {_chosen(clocks, [clock.start for clock in clocks])} as start_on,
        {_chosen(clocks, [literal(clock.done) for clock in clocks])} as done_event,
        {_chosen(clocks, [clock.done for clock in clocks])} as done_on,
        source_path, source_sheet, source_row
    from core.{name}
    where {" or ".join(f"(({clock.when}) and {clock.start} is not null)" for clock in clocks)}"""


def _chosen(clocks: Sequence[Clock], values: Sequence[str]) -> str:
    """The value that goes with the first clock that a row starts."""
    cases = " ".join(f"when ({clock.when}) and {clock.start} is not null then {value}" for clock, value in zip(clocks, values, strict=True))
    return f"case {cases} end"
