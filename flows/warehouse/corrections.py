"""Corrections of known errors in the sources, decided by people: the project's (`sql/reference/corrections.csv`) and a workspace's
own (`decisions/corrections.csv`), one cell a line, with the value that must stand there as its guard.

A correction is applied between the raw store and staging, by SQL, and only where the source prints the guarded value: once the
source is mended, or was never so, it reports itself instead (`core.corrections`). The raw store keeps what was printed, and
`raw.corrected_cells` has it beside what stands for it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.catalog import Catalog, Register
from exports.messages import Message, _, listed
from exports.sql_text import literal, quoted
from flows.warehouse.templates import SQL
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

PLACE = ("source_path", "source_sheet", "source_row")
COLUMNS = (
    *("register_name", *PLACE, "record_key", "column_name", "old_value", "new_value", "correction_reason", "requested_by", "corrected_on"),
    *("correction_status", "is_public"),
)
STATUSES = ("active", "proposed", "withdrawn")
TRUTHS = {"": "false", "no": "false", "yes": "true"}
PROJECT = SQL / "reference" / "corrections.csv"
CELLS = "raw.corrected_cells"
GRAINS = {
    CELLS: "one row per cell of a register that a correction names, with what the source prints there and whether it was corrected",
    "reference.corrections": "one row per correction of a known error, as the project's and the workspace's lists have it",
}
Line = dict[str, str | None]


def read_corrections(workspace: Workspace, catalog: Catalog) -> list[Line]:
    """Every correction, the project's first; `correction_id` tells the list and the line's number.

    Raises:
        ConfigurationError: a line lacks what it must say, or names what there is not.
    """
    lists = (("project", PROJECT), ("workspace", workspace.corrections))
    return [line for origin, path in lists for line in _read(origin, path, catalog)]


def load_corrections(connection: duckdb.DuckDBPyConnection, corrections: Sequence[Line]) -> None:
    """Make `reference.corrections` and an empty `raw.corrected_cells`."""
    rows = pa.table({name: pa.array([line[name] for line in corrections], pa.string()) for name in ("correction_id", *COLUMNS)})
    connection.register("correction_rows", rows)
    typed = "source_row::bigint as source_row, corrected_on::date as corrected_on, is_public::boolean as is_public"
    connection.execute(f"create table reference.corrections as select * replace ({typed}) from correction_rows")
    connection.unregister("correction_rows")
    connection.execute(
        f"create table {CELLS} (correction_id varchar, register_name varchar, source_sha256 varchar, source_sheet varchar, "
        "source_row bigint, column_name varchar, printed_value varchar, is_applied boolean)"
    )


def corrected(connection: duckdb.DuckDBPyConnection, name: str, register: Register, rows: str) -> str:
    """The SQL relation of a register's rows with its active corrections applied; the cells that they name go into `raw.corrected_cells`."""
    active = f"reference.corrections where register_name = {literal(name)} and correction_status = 'active'"
    columns = [found for (found,) in connection.execute(f"select distinct column_name from {active} order by 1").fetchall()]
    for column in columns:
        for same in (_by_place(), _by_key(register)):
            _note_cells(connection, name, column, rows, same)
    ((applied,),) = connection.execute(f"select count(*) from {CELLS} where register_name = $1 and is_applied", [name]).fetchall()
    return _replaced(name, columns, rows) if applied else rows


def _by_place() -> str:
    """SQL: a correction names the row by its file, sheet and row."""
    return (
        "inner join raw.sources as sources on sources.source_path = corrections.source_path and sources.seen_until is null "
        "inner join {rows} as printed on printed.source_sha256 = sources.source_sha256 and printed.source_row = corrections.source_row "
        "and printed.source_sheet is not distinct from corrections.source_sheet"
    )


def _by_key(register: Register) -> str:
    """SQL: a correction names the row by the register's key, wherever it stands."""
    key = " || '|' || ".join(f"printed.{name}" for name in register.key)
    return f"inner join {{rows}} as printed on corrections.source_path is null and {key} = corrections.record_key"


def _note_cells(connection: duckdb.DuckDBPyConnection, name: str, column: str, rows: str, same: str) -> None:
    connection.execute(
        f"""
        insert into {CELLS}
        select corrections.correction_id, corrections.register_name, printed.source_sha256, printed.source_sheet, printed.source_row,
            corrections.column_name, printed.{quoted(column)}, printed.{quoted(column)} is not distinct from corrections.old_value
        from (
            from reference.corrections where register_name = $1 and column_name = $2 and correction_status = 'active'
        ) as corrections
        {same.format(rows=rows)}
        """,
        [name, column],
    )


def _replaced(name: str, columns: Sequence[str], rows: str) -> str:
    """Where two corrections of one cell both hold, the later one stands."""
    values = ", ".join(
        f"count(*) filter (column_name = {literal(column)}) > 0 as has_{column}, "
        f"arg_max(new_value, (corrected_on, correction_id)) filter (column_name = {literal(column)}) as new_{column}"
        for column in columns
    )
    cells = (
        f"select source_sha256, source_sheet, source_row, {values} from (select cells.*, known.new_value, known.corrected_on from {CELLS} as cells "
        f"inner join reference.corrections as known using (correction_id)) where register_name = {literal(name)} and is_applied group by all"
    )
    replaced = ", ".join(
        f"case when cells.has_{column} then cells.new_{column} else printed.{column} end as {column}" for column in columns
    )
    return (
        f"(select printed.* replace ({replaced}) from {rows} as printed left join ({cells}) as cells on cells.source_sha256 = printed.source_sha256 "
        "and cells.source_row = printed.source_row and cells.source_sheet is not distinct from printed.source_sheet)"
    )


def _read(origin: str, path: Path, catalog: Catalog) -> Iterator[Line]:
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
            found, expected = _("no {columns}", columns=listed(missing)), _("the columns {columns}", columns=listed(COLUMNS))
            raise _wrong(_("{file}, header", file=path), found, expected)
        for number, row in enumerate(reader, start=1):
            line = {column: (row[column] or "").strip() or None for column in COLUMNS}
            for fault in _faults(line, catalog.registers):
                raise _wrong(_("{file}, line {line}", file=path, line=number), *fault)
            is_public = TRUTHS[line["is_public"] or ""] if _may_be_public(line, catalog) else TRUTHS["no"]
            yield line | {"correction_id": f"{origin}:{number}", "is_public": is_public}


def _may_be_public(line: Line, catalog: Catalog) -> bool:
    """Whether values of the column may leave as they are printed, whatever a list says: a public dataset names it, and masks no persons in it."""
    dataset = catalog.datasets.get(line["register_name"] or "")
    column = line["column_name"] or ""
    if dataset is None or column not in dataset.column_names:
        return False
    return not dataset.masked or catalog.columns[column].type != "string" or bool(catalog.columns[column].enum)


def _faults(line: Line, registers: Mapping[str, Register]) -> Iterator[tuple[str, str]]:
    """What a line says wrongly: found and expected. Values of cells are not repeated."""
    register = registers.get(line["register_name"] or "")
    if register is None:
        yield f"register_name {line['register_name']}", _("one of {expected}", expected=listed(registers))
    elif line["column_name"] not in register.column_names:
        yield f"column_name {line['column_name']}", _("a column of {table}", table=line["register_name"])
    if (line["record_key"] is None) == (line["source_path"] is None or line["source_row"] is None):
        yield _("a row named by neither or by both"), _("source_path and source_row, or record_key")
    if not (line["source_row"] or "0").isdecimal():
        yield _("a source_row that is no number"), _("the row, 1 for the first after the header")
    if line["old_value"] == line["new_value"]:
        yield _("an old_value equal to the new_value"), _("the value that is printed, and the right one")
    yield from _unanswered(line)


def _unanswered(line: Line) -> Iterator[tuple[str, str]]:
    """What is missing of who decided what, when and why."""
    for name, known in (("correction_status", STATUSES), ("is_public", TRUTHS)):
        if (line[name] or "") not in known:
            yield f"{name} {line[name]}", _("one of {expected}", expected=listed(filter(None, known)))
    for name in ("correction_reason", "requested_by"):
        if line[name] is None:
            yield _("no {columns}", columns=name), _("one: nothing is corrected that nobody answers for")
    try:
        date.fromisoformat(line["corrected_on"] or "")
    except ValueError:
        yield _("no {columns}", columns="corrected_on"), _("a day such as 2026-10-31")


def _wrong(place: Message, found: str, expected: str) -> ConfigurationError:
    return ConfigurationError(finding(place, found, expected, _("See docs/corrections.md.")))
