"""Comments on the warehouse's tables and columns, so that whoever opens it with DuckDB reads what a column means.

select column_name, comment from duckdb_columns() where table_name = 'plan_tasks'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exports.catalog import Catalog, CatalogError, Column, Dataset
from exports.sql_text import literal, quoted


def comment_statements(catalog: Catalog, tables: Mapping[str, Sequence[str]], grains: Mapping[str, str]) -> list[str]:
    """COMMENT statements for tables and views alike (DuckDB takes COMMENT ON TABLE for both).

    Args:
        catalog: the descriptors; a mart takes its dataset's words, every other table those of the shared dictionary.
        tables: "schema.table" -> its columns.
        grains: "schema.table" -> what one row is; said of tables that are no dataset.

    Raises:
        CatalogError: columns that no dictionary describes, all of them, each with its table.
    """
    datasets = {dataset.table: dataset for dataset in catalog}
    statements: list[str] = []
    unknown: list[str] = []
    for table, names in tables.items():
        columns = catalog.columns | {column.name: column for column in (datasets[table].columns if table in datasets else ())}
        unknown += [f"{table}.{name}" for name in names if name not in columns]
        if text := _table_text(datasets.get(table), grains.get(table)):
            statements.append(f"comment on table {_name(table)} is {literal(text)}")
        statements += [
            f"comment on column {_name(table)}.{quoted(name)} is {literal(column_text(columns[name]))}" for name in names if name in columns
        ]
    if unknown:
        raise CatalogError(
            f"exports/_shared.yaml: found no description of {', '.join(unknown)}; expected one for every column. Add it there"
        )
    return statements


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
