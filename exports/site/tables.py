"""The data files of a release as tables of DuckDB: the only source of the site's facts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from exports.catalog import Catalog, Dataset
from exports.release.manifest import Release
from exports.release.parts import rows_of
from exports.sql_text import quoted

Row = dict[str, Any]


class Tables:
    """Every dataset that a descriptor names, as a view of its name; one that the release lacks is empty, a column that a file lacks is null."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, released: frozenset[str]) -> None:
        self._connection = connection
        self.released = released

    def rows(self, select: str, *values: object) -> list[Row]:
        """The rows of a SELECT, in its order; dates are `date`, text is cleared of what no page may hold."""
        table = self._connection.execute(select, list(values) or None).to_arrow_table()
        return [{name: _printable(value) for name, value in row.items()} for row in table.to_pylist()]

    def grouped(self, key: str, select: str) -> dict[Any, list[Row]]:
        """The rows of a SELECT by the value of one of their columns, in its order."""
        found: dict[Any, list[Row]] = {}
        for row in self.rows(select):
            found.setdefault(row[key], []).append(row)
        return found

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return self._connection


@contextmanager
def open_tables(release: Release, catalog: Catalog) -> Iterator[Tables]:
    """The tables of a release whose data files are written."""
    entries = {entry.name: entry for entry in release.datasets}
    with duckdb.connect() as connection:
        for dataset in catalog.published.values():
            entry = entries.get(dataset.name)
            rows = rows_of(entry.tables(release.folder)) if entry else None
            connection.execute(f"create view {quoted(dataset.name)} as {_select(connection, dataset, rows)}")
        yield Tables(connection, frozenset(entries))


def _select(connection: duckdb.DuckDBPyConnection, dataset: Dataset, rows: str | None) -> str:
    """Files carried over from an earlier release may have the columns of an earlier descriptor."""
    there = {name for name, *_ in connection.execute(f"describe from {rows}").fetchall()} if rows else set()
    columns = [
        quoted(column.name) if column.name in there else f"null::{column.duckdb_type} as {quoted(column.name)}"
        for column in dataset.columns
    ]
    return f"select {', '.join(columns)} " + (f"from {rows}" if rows else "where false")


_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")
"""Characters that XML 1.0 forbids: feeds could not be read with them."""


def _printable(value: object) -> object:
    return value.translate(_UNPRINTABLE) if isinstance(value, str) else value
