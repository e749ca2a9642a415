"""What is wrong with the rows of registers, in SQL written out of their descriptors: one pass over each register's rows.

Kinds: those of rows that were set aside (missing_<column>, invalid_date, unknown_code, and what expectations/ adds); invalid_number,
unknown_code, duplicate, unknown_unit, <later>_before_<earlier>, <day>_without_reason. The text says in Chinese, with a few English words, what was found and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from exports.catalog import Catalog, Column, Register
from exports.release.files import literal
from flows.warehouse.leaving import WITHDRAWALS

INVALID = {
    "integer": ("invalid_number", "不是数字，应更正后重报", "a number that is none"),
    "number": ("invalid_number", "不是数字，应更正后重报", "a number that is none"),
    "boolean": ("unknown_code", "应填“是”或“否”", "neither yes nor no"),
    "string": ("unknown_code", "不在规定的取值之内，应更正后重报", "none of the words for it"),
}


# A reason that the row's own column gives in plain words needs no finding; one that a person must look at does.
ASKS_A_PERSON = ("not_approved", "contradictory", "unknown_withdrawal", "unknown_attribute", "unknown_review")
MATCHES_NOTHING = """
    select
        'withdrawals' as register_name, notices.record_id, notices.source_path, notices.source_sheet, notices.source_row,
        'withdrawal_matches_nothing' as finding_kind, cast(null as varchar) as column_name,
        '撤回记录与任何台账的记录都对不上：请核对索引号、链接，或单位与标题 (the withdrawal matches no record: check number, link, or unit and title)' as finding_text
    from core.record_notices as notices
    anti join core.record_matches as matches
        on
            notices.source_path = matches.source_path and notices.source_row = matches.source_row
            and notices.source_sheet is not distinct from matches.source_sheet
    where notices.register_name is null"""


class Fault(NamedTuple):
    """A condition of SQL on a row, and what to say of it; `text` is SQL too."""

    condition: str
    kind: str
    column: str
    text: str


def record_findings(records: Mapping[str, Register], catalog: Catalog) -> str:
    """The model core.record_findings: rows that were set aside, faults of rows that go on, and repetitions."""
    selects = [
        select
        for name, register in records.items()
        for select in (
            _set_aside(name, register),
            _held(name, register),
            _held_elsewhere(name, register),
            _pass(name, f"staging.{name}", register, list(_as_they_came(register, catalog.columns))),
            _pass(name, f"core.{name}", register, list(_of_what_counts(register, catalog.columns))),
        )
        if select
    ]
    repeated = """
    select register_name, record_id, source_path, source_sheet, source_row, version_kind as finding_kind, cast(null as varchar) as column_name,
        case version_kind when 'duplicate' then '与同一标识的另一行内容相同，只计一条 (equal to another row of the same id)'
        else '同一标识另有更晚的记载，以后者为准 (superseded by a later row of the same id)' end as finding_text
    from core.record_versions
    where version_kind is not null"""
    return f"""-- one row per fault of a register's row that its descriptor tells: what it is, and where it stands
with faults as ({" union all ".join([repeated, MATCHES_NOTHING, *selects])}
)

select finding_kind, register_name, column_name, record_id, source_path, source_sheet, source_row, finding_text
from faults
"""


def _set_aside(name: str, register: Register) -> str:
    return f"""
    select {literal(name)} as register_name, {register.id} as record_id, source_path, source_sheet, source_row, unnest(fault_kinds) as finding_kind,
        cast(null as varchar) as column_name, '应满足：' || unnest(broken_rules) || '；更正后重报' as finding_text
    from quarantine.{name}"""


def _held(name: str, register: Register) -> str:
    """Rows that are held by what they say themselves, where a person must look: the columns that say so are named, not their words."""
    if name == WITHDRAWALS:
        return ""
    asks = f"row_hold in ({', '.join(map(literal, ASKS_A_PERSON))})"
    return f"""
    select {literal(name)} as register_name, {register.id} as record_id, source_path, source_sheet, source_row, row_hold as finding_kind,
        cast(null as varchar) as column_name,
        reasons.reason_title || coalesce('（见' || array_to_string(list_distinct(list_transform(list_filter(
            statements, lambda said: said.says not in ('public', 'approved')), lambda said: '“' || said.header || '”')), '、') || '列）', '')
        || '，不对外发布。' || reasons.remedy_text || ' (' || reasons.reason_title_en || ': ' || reasons.remedy_text_en || ')' as finding_text
    from staging.{name} as records
    inner join reference.hold_reasons as reasons on records.row_hold = reasons.hold_reason
    where {asks} or statements is not null"""


def _held_elsewhere(name: str, register: Register) -> str:
    """Records whose own row says nothing against them, and which another row holds: the finding stands at that row."""
    if name == WITHDRAWALS:
        return ""
    return f"""
    select distinct
        {literal(name)} as register_name, holds.record_id, holds.source_path, holds.source_sheet, holds.source_row,
        'held_' || holds.hold_origin as finding_kind, cast(null as varchar) as column_name,
        '记录“' || holds.record_id || '”因此处所写不对外发布：' || reasons.reason_title || '。' || reasons.remedy_text
        || ' (the record is held because of what stands here: ' || reasons.reason_title_en || ')' as finding_text
    from core.record_holds as holds
    inner join staging.{name} as records on holds.record_id = records.{register.id} and records.row_hold is null
    inner join reference.hold_reasons as reasons on holds.hold_reason = reasons.hold_reason
    anti join core.record_versions as repeated
        on
            repeated.register_name = {literal(name)} and repeated.version_kind is not null
            and records.source_path = repeated.source_path and records.source_row = repeated.source_row
            and records.source_sheet is not distinct from repeated.source_sheet
    where holds.register_name = {literal(name)}"""


def _as_they_came(register: Register, columns: Mapping[str, Column]) -> Iterator[Fault]:
    """Cells that a row can do without: what stands in them is no number or known word, and is left out."""
    for name in register.column_names:
        column = columns[name]
        if column.type != "date" and (column.type != "string" or column.enum):
            kind, zh, en = INVALID[column.type]
            yield Fault(f"list_contains(invalid_cells, {literal(name)})", kind, name, _said(column, zh, en))


def _of_what_counts(register: Register, columns: Mapping[str, Column]) -> Iterator[Fault]:
    unit = "printed_unit_name"
    said = f"'单位名称“' || {unit} || '”不在单位名单中 (unit in no list)'"
    yield Fault(
        f"unit_id is null and {unit} is not null and not is_collective_name({unit}) and not is_government_name({unit})",
        "unknown_unit",
        unit,
        said,
    )
    for earlier, later in register.orders:
        kind = f"{_event(later)}_before_{_event(earlier)}"
        yield Fault(f"{later} < {earlier}", kind, later, _said(columns[later], f"早于{columns[earlier].title.zh}", f"before {earlier}"))
    for day, reason in register.reasons:
        said = _said(columns[reason], f"为空：已填{columns[day].title.zh}，应说明原因", f"empty though {day} is filled")
        yield Fault(f"{day} is not null and {reason} is null", f"{_event(day)}_without_reason", reason, said)


def _pass(name: str, table: str, register: Register, faults: list[Fault]) -> str:
    """All faults of a table's rows in one scan: few rows have any, and only for those are they listed."""
    if not faults:
        return ""
    listed = ",\n            ".join(
        f"case when {fault.condition} then {{'kind': {literal(fault.kind)}, 'column': {literal(fault.column)}, 'said': {fault.text}}} end"
        for fault in faults
    )
    return f"""
    select {literal(name)} as register_name, record_id, source_path, source_sheet, source_row,
        fault.kind as finding_kind, fault.column as column_name, fault.said as finding_text
    from (
        select {register.id} as record_id, source_path, source_sheet, source_row, unnest([
            {listed}
        ]) as fault
        from {table}
        where {" or ".join(f"({fault.condition})" for fault in faults)}
    )
    where fault is not null"""


def _said(column: Column, zh: str, en: str) -> str:
    return literal(f"{column.title.zh}{zh} ({column.name}: {en})")


def _event(day: str) -> str:
    return day.removesuffix("_on")
