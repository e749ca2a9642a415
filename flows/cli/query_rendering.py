"""Answers to a query of the warehouse, as a table, CSV or JSON."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from flows.workspace.errors import ConfigurationError, QueryError, finding


def print_query(console: Console, warehouse: Path, sql: str, form: str) -> None:
    """Rows of a query as a table, CSV or JSON.

    Raises:
        ConfigurationError: there is no warehouse, or the SQL is refused.
    """
    if not warehouse.exists():
        raise ConfigurationError(finding(str(warehouse), "no warehouse", "one to ask", "Run: gongkai refresh"))
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            connection.execute("set enable_external_access = false")
            result = connection.execute(sql)
            if result is None:  # an empty text, or only comments
                raise QueryError(finding("query", "没有语句 no statement", "one SELECT", "Such as: from core.findings limit 10"))
            columns = [column[0] for column in result.description or []]
            if form == "csv":
                _stream_csv(result, columns)
                return
            rows = result.fetchall()
    except duckdb.Error as error:
        raise QueryError(finding("query", str(error), "a SELECT on the warehouse", "See docs/warehouse.md for its tables.")) from error
    if form == "json":
        sys.stdout.write(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, default=str) + "\n")
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    console.print(table, markup=False)


def _stream_csv(result: duckdb.DuckDBPyConnection, columns: list[str]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    while rows := result.fetchmany(10_000):
        writer.writerows(rows)
