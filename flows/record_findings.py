"""What is wrong with the rows of registers, in SQL written out of their descriptors: one pass over each register's rows.

Kinds: those of rows that were set aside (missing_<column>, invalid_date, unknown_code, and what expectations/ adds); invalid_number,
unknown_code, duplicate, unknown_unit, <later>_before_<earlier>, <day>_without_reason. The text says in Chinese, with a few English words, what was found and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from exports.catalog import Catalog, Column, Register
from exports.files import literal

INVALID = {
    "integer": ("invalid_number", "不是数字，应更正后重报", "a number that is none"),
    "number": ("invalid_number", "不是数字，应更正后重报", "a number that is none"),
    "boolean": ("unknown_code", "应填“是”或“否”", "neither yes nor no"),
    "string": ("unknown_code", "不在规定的取值之内，应更正后重报", "none of the words for it"),
}


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
            _pass(name, f"staging.{name}", register, list(_as_they_came(register, catalog.columns))),
            _pass(name, f"core.{name}", register, list(_of_what_counts(register, catalog.columns))),
        )
        if select
    ]
    repeated = """
    select register_name, record_id, source_path, source_sheet, source_row, 'duplicate' as finding_kind, cast(null as varchar) as column_name,
        '与前面的记录标识相同，只计第一条 (id already borne by an earlier row)' as finding_text
    from core.repeated_records"""
    return f"""-- one row per fault of a register's row that its descriptor tells: what it is, and where it stands
with faults as ({" union all ".join([repeated, *selects])}
)

select finding_kind, register_name, column_name, record_id, source_path, source_sheet, source_row, finding_text
from faults
"""


def _set_aside(name: str, register: Register) -> str:
    return f"""
    select {literal(name)} as register_name, {register.id} as record_id, source_path, source_sheet, source_row, unnest(fault_kinds) as finding_kind,
        cast(null as varchar) as column_name, '应满足：' || unnest(broken_rules) || '；更正后重报' as finding_text
    from quarantine.{name}"""


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
