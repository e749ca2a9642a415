"""Answers to a query of the warehouse, as a table, CSV or JSON."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from exports.messages import _
from flows.workspace.errors import ConfigurationError, QueryError, finding

ROOM = 12  # characters that a column of a table needs on the terminal
MARK = "\ufeff"  # by which Excel takes a CSV for UTF-8


def print_query(console: Console, warehouse: Path, sql: str, form: str, *, with_mark: bool = False) -> None:
    """Rows of a query as a table (each row as a block of lines where the terminal is too narrow for its columns), CSV or JSON.

    Raises:
        ConfigurationError: there is no warehouse, or the SQL is refused.
    """
    if not warehouse.exists():
        raise ConfigurationError(finding(str(warehouse), _("no warehouse"), _("one to ask"), _("Run: gongkai refresh")))
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            connection.execute("set enable_external_access = false")
            result = connection.execute(sql)
            if result is None:  # an empty text, or only comments
                raise QueryError(finding("query", _("no statement"), _("one SELECT"), _("Such as: from core.findings limit 10")))
            columns = [column[0] for column in result.description or []]
            if form == "csv":
                sys.stdout.write(MARK if with_mark else "")
                _stream_csv(result, columns)
                return
            rows = result.fetchall()
    except duckdb.Error as error:
        raise QueryError(
            finding("query", str(error), _("a SELECT on the warehouse"), _("See docs/warehouse.md for its tables."))
        ) from error
    if form == "json":
        sys.stdout.write(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, default=str) + "\n")
        return
    if len(columns) * ROOM > console.width:
        _print_blocks(console, columns, rows)
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*map(as_text, row))
    console.print(table, markup=False)


def as_text(value: object) -> str:
    """A value as the CSV files of a release write it: truth in small letters, nothing for null; lists with ； between."""
    if isinstance(value, list):
        return "；".join(map(as_text, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _print_blocks(console: Console, columns: list[str], rows: list[tuple[object, ...]]) -> None:
    """Each row under its number, a filled column a line."""
    wide = max(map(len, columns))
    for number, row in enumerate(rows, start=1):
        console.print(f"── {number}", style="dim", markup=False, highlight=False)
        for column, value in zip(columns, row, strict=True):
            if value is not None:
                console.print(f"{column:<{wide}}  {as_text(value)}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(rows):,} " + _("rows"), highlight=False)


def _stream_csv(result: duckdb.DuckDBPyConnection, columns: list[str]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    while rows := result.fetchmany(10_000):
        writer.writerows([as_text(value) for value in row] for row in rows)
