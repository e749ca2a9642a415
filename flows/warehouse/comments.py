"""Comments on the warehouse's tables and columns, so that whoever opens it with DuckDB reads what a column means.

select column_name, comment from duckdb_columns() where table_name = 'plan_tasks'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from exports.catalog import Catalog, CatalogError, Column, Dataset
from exports.messages import _, listed
from exports.sql_text import literal, quoted
from flows.workspace.errors import finding

_COMMENTS = """
    select schema_name || '.' || table_name, null, comment from duckdb_tables() where comment is not null
    union all
    select schema_name || '.' || view_name, null, comment from duckdb_views() where comment is not null
    union all
    select schema_name || '.' || table_name, column_name, comment from duckdb_columns() where comment is not null
"""
Said = Mapping[tuple[str, str | None], str]
"""(schema.table, column; None for the table itself) → its comment."""


def comment_statements(catalog: Catalog, tables: Mapping[str, Sequence[str]], grains: Mapping[str, str], said: Said) -> list[str]:
    """COMMENT statements for tables and views alike (DuckDB takes COMMENT ON TABLE for both).

    Args:
        catalog: the descriptors; a mart takes its dataset's words, every other table those of the shared dictionary.
        tables: "schema.table" -> its columns.
        grains: "schema.table" -> what one row is; said of tables that are no dataset.
        said: the comments that there are: none of these is said again.

    Raises:
        CatalogError: columns that no dictionary describes, all of them, each with its table.
    """
    datasets = {dataset.table: dataset for dataset in catalog}
    statements: list[str] = []
    unknown: list[str] = []
    for table, names in tables.items():
        columns = catalog.columns | {column.name: column for column in (datasets[table].columns if table in datasets else ())}
        unknown += [f"{table}.{name}" for name in names if name not in columns]
        text = _table_text(datasets.get(table), grains.get(table))
        if text and said.get((table, None)) != text:
            statements.append(f"comment on table {_name(table)} is {literal(text)}")
        statements += [
            f"comment on column {_name(table)}.{quoted(name)} is {literal(column_text(columns[name]))}"
            for name in names
            if name in columns and said.get((table, name)) != column_text(columns[name])
        ]
    if unknown:
        found, expected = _("no description of {columns}", columns=listed(unknown)), _("one for every column")
        raise CatalogError(finding("exports/_shared.yaml", found, expected, _("Write it there.")))
    return statements


def comments_of(connection: duckdb.DuckDBPyConnection) -> Said:
    """The comments of a warehouse's tables, views and columns."""
    return {(table, column): text for table, column, text in connection.execute(_COMMENTS).fetchall()}


def column_text(column: Column) -> str:
    """One column in one line: title, description, unit, each Chinese first."""
    text = f"{column.title}: {column.description.zh} / {column.description.en}"
    return f"{text}; {column.unit}" if column.unit else text


def _table_text(dataset: Dataset | None, grain: str | None) -> str | None:
    if dataset is None:
        return grain
    return f"{dataset.title}: {dataset.description.zh} / {dataset.description.en}; {dataset.grain.zh} / {dataset.grain.en}"


def _name(table: str) -> str:
    return ".".join(map(quoted, table.split(".")))
