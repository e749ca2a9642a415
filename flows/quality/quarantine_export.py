"""Quarantine for people: quarantined rows as a list, on the terminal, and as a CSV for each unit that a clerk can correct and return.

An exported row may hold personal data: the file is readable by its owner alone, the number of rows is reported, and the rows are
never printed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import RETURNED, Catalog, Register, load_catalog
from exports.messages import _, listed
from exports.release.files import BOM
from exports.sql_text import literal, quoted
from flows.privacy.detect import PrivateFinding, scan_file, scan_table
from flows.privacy.kinds import KINDS
from flows.quality.private_rows import RULE as PRIVATE
from flows.quality.quarantine import SCHEMA
from flows.quality.register_rules import quarantine_rules
from flows.sources.registers.formulas import as_text
from flows.sources.registers.rows import ROWS, rows_of
from flows.warehouse.current_sources import current_sources
from flows.warehouse.returned_rows import REFERENCE, REFERENCES
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

NO_UNIT = "未注明单位"
SHOWN_FIRST = ("source_path", "source_sheet", "source_row", "broken_rules")
UNIT_COLUMNS = ("printed_unit_name", "unit_name")
TITLES = {kind.name: kind.title for kind in KINDS}


@dataclass(frozen=True)
class Exported:
    """One CSV that was written: for which unit, how many rows, and what the privacy scanner found in it."""

    path: Path
    unit: str
    rows: int
    findings: tuple[PrivateFinding, ...]


def overview(workspace: Workspace) -> list[tuple[str, str, str, int]]:
    """Tuples (table, rule, unit, rows), most rows first. A row that breaks two rules counts under both.

    Raises:
        ConfigurationError: there is no warehouse.
    """
    with _open_quarantine(workspace) as connection:
        parts = [
            f"select {literal(table)} as table_name, unnest(broken_rules) as rule_name, {_unit(connection, table)} as unit_name from {SCHEMA}.{table} as quarantined"
            for table in _tables(connection)
        ]
        if not parts:
            return []
        return connection.execute(f"select *, count(*) from ({' union all '.join(parts)}) group by all order by 4 desc, 1, 2, 3").fetchall()


def look(workspace: Workspace, table: str, rule: str, unit: str, limit: int) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Rows of one table for the data team: header and cells; a private cell shows only its kind.

    Raises:
        ConfigurationError: there is no warehouse, or no row of that table is quarantined.
    """
    with _open_quarantine(workspace) as connection:
        _require(connection, table)
        names = _columns(connection, table)
        shown = [name for name in SHOWN_FIRST if name in names]
        connection.execute(
            f"""
            create temp table shown as
            select {", ".join(shown)}, quarantined.* exclude ({", ".join([*shown, "fault_kinds"])}) from {SCHEMA}.{table} as quarantined
            where contains(array_to_string(broken_rules, ' '), $1) and contains({_unit(connection, table)}, $2)
            order by {", ".join(shown[:-1]) or "all"} limit $3
            """,
            [rule, unit, limit],
        )
        private = {(row - 1, found.column): found.kind for found in scan_table(connection, "shown", most_rows=limit) for row in found.rows}
        result = connection.execute("from shown")
        names = [name for name, *_type in result.description or []]
        rows = result.fetchall()
    return names, [_mask_row(names, row, number, private) for number, row in enumerate(rows)]


def export(workspace: Workspace, target: Path, unit: str | None = None) -> list[Exported]:
    """Write a CSV for each register and unit (or for the one unit) below `target`: with the register's own headers, the reference by
    which a corrected row finds its source, the fault, and the correction asked for. UTF-8 with byte-order mark: Excel
    opens it right, and takes no cell for a formula. Folder and files are readable by their owner alone.

    Raises:
        ConfigurationError: there is no warehouse, or no row of that unit is quarantined.
    """
    catalog = load_catalog()
    written: list[Exported] = []
    with _open_quarantine(workspace) as connection, _owner_only():
        target.mkdir(parents=True, exist_ok=True)
        for table in _tables(connection):
            if table in catalog.registers:
                written += _export_table(connection, workspace, catalog, table, target, unit)
    if unit and not written:
        expected = _("words of the name of a unit with rows set aside")
        raise ConfigurationError(finding("--unit", unit, expected, _("See: gongkai quarantine list")))
    return written


def _export_table(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, catalog: Catalog, table: str, target: Path, unit: str | None
) -> Iterator[Exported]:
    register = catalog.registers[table]
    sources = [source for source in current_sources(workspace, catalog) if source.kind == table and ROWS in source.tables]
    connection.execute(
        "create or replace temp table files as select unnest($1::varchar[]) as source_path, unnest($2::varchar[]) as source_sha256",
        [[source.path for source in sources], [source.sha256 for source in sources]],
    )
    asked = _describe_rules(catalog, table)
    connection.execute(
        "create or replace temp table asked as select unnest($1::varchar[]) as rule, unnest($2::varchar[]) as words",
        [list(asked), list(asked.values())],
    )
    has_sheet = "source_sheet" in _columns(connection, table)
    connection.execute(f"""
        create or replace temp table faulty as
        select {_unit(connection, table)} as unit, files.source_sha256, {"source_sheet" if has_sheet else "null::varchar as source_sheet"}, source_row,
            (select string_agg(coalesce(words, rule), '；') from (select unnest(broken_rules) as rule) left join asked using (rule)) as words
        from {SCHEMA}.{table} as quarantined inner join files using (source_path)
    """)
    units = [
        name
        for (name,) in connection.execute("select distinct unit from faulty where contains(unit, $1) order by 1", [unit or ""]).fetchall()
    ]
    rows = rows_of(sorted({source.tables[ROWS] for source in sources}))
    for name in units:
        path = target / f"{table}-{_make_file_name(name)}.csv"
        count = _write(connection, register, rows, name, path)
        yield Exported(path, name, count, tuple(scan_file(path)))


def _write(connection: duckdb.DuckDBPyConnection, register: Register, rows: str, unit: str, path: Path) -> int:
    """Write the rows as printed in the source; gives their number. A row that was returned before keeps its references."""
    own = [column for column in register.columns if column not in RETURNED]
    reference, faults = (column.headers[0] for column in RETURNED)
    cells = [f"{as_text(f'printed.{column.name}')} as {quoted(column.headers[0])}" for column in own]
    cells[0] = cells[0].replace(f"as {quoted(own[0].headers[0])}", f"as {quoted(BOM + own[0].headers[0])}")
    here = REFERENCE.replace("source_", "printed.source_")
    connection.execute(f"""
        copy (
            select {", ".join(cells)}, concat_ws(' ', printed.{REFERENCES}, {here}) as {quoted(reference)}, faulty.words as {quoted(faults)}
            from {rows} as printed inner join faulty on faulty.source_sha256 = printed.source_sha256 and faulty.source_row = printed.source_row
                and faulty.source_sheet is not distinct from printed.source_sheet
            where faulty.unit = {literal(unit)} order by printed.source_sha256, printed.source_sheet, printed.source_row
        ) to {literal(str(path))} (format csv, header, new_line '\\r\\n', use_tmp_file false)
    """)
    path.chmod(0o600)
    ((count,),) = connection.execute("select count(*) from faulty where unit = $1", [unit]).fetchall()
    return int(count)


def _describe_rules(catalog: Catalog, table: str) -> Mapping[str, str]:
    """Each rule of the register's tables in words for a clerk: what is asked for, and why."""
    rules = quarantine_rules(catalog).get(f"staging.{table}", [])
    return {str(rule.name): f"{rule.remedy.zh}（{rule.why.zh}）" for rule in (*rules, PRIVATE) if rule.remedy}


@contextmanager
def _open_quarantine(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    if not workspace.warehouse.exists():
        raise ConfigurationError(finding(str(workspace.warehouse), _("no warehouse"), _("one to ask"), _("Run: gongkai refresh")))
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        yield connection


@contextmanager
def _owner_only() -> Iterator[None]:
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    query = "select table_name from duckdb_tables() where schema_name = $1 order by 1"
    return [name for (name,) in connection.execute(query, [SCHEMA]).fetchall()]


def _require(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    known = _tables(connection)
    if table not in known:
        expected = _("one of {expected}", expected=listed(known) or _("none"))
        raise ConfigurationError(finding("TABLE", table, expected, _("See: gongkai quarantine list")))


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for name, *_type in connection.execute(f"describe {SCHEMA}.{quoted(table)}").fetchall()]


def _unit(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL: the unit of a row: its standard name where the printed one is known, else the printed one."""
    printed = next((name for name in UNIT_COLUMNS if name in _columns(connection, table)), None)
    if printed is None:
        return literal(NO_UNIT)
    known = (
        "select any_value(aliases.unit_name) from core.unit_aliases as aliases cross join reference.run as run "
        f"where aliases.alias_name = quarantined.{printed} and aliases.region_scope = run.region_scope"
    )
    return f"coalesce(({known}), quarantined.{printed}, {literal(NO_UNIT)})"


def _mask_row(names: Sequence[str], row: Sequence[Any], number: int, private: Mapping[tuple[int, str], str]) -> tuple[Any, ...]:
    return tuple(
        f"［已隐去 {TITLES[private[number, name]]}］" if (number, name) in private else value
        for name, value in zip(names, row, strict=True)
    )


def _make_file_name(unit: str) -> str:
    """A unit's name as part of a file name: no path separators, not hidden, limited in length."""
    return "".join(sign if sign.isalnum() or sign in "（）()-·" else "_" for sign in unit)[:60]
