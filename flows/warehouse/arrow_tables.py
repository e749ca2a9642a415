"""Arrow tables as tables of the warehouse, and what stands for a table that has no rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from exports.sql_text import quoted

TYPES: Mapping[pa.DataType, str] = {
    pa.string(): "varchar",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
}


def make_table(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Create the table `name` (schema.table) with the rows and columns of `rows`."""
    connection.register("arrow_rows", rows)
    connection.execute(f"create table {name} as from arrow_rows")
    connection.unregister("arrow_rows")


def make_text_table(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: Sequence[tuple[str | None, ...]]
) -> None:
    """The same from rows of texts, each with a value for every one of `columns`."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = {column: pa.array(cells, pa.string()) for column, cells in zip(columns, values, strict=True)}
    make_table(connection, name, pa.table(arrays))


def make_empty_view(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema) -> None:
    """Create a view `name` with the columns of `schema` and without rows.

    A view and no table, because DuckDB sees of `where false` that nothing comes of what is joined with it, and plans no work; of an
    empty table it does not. A register's staging table has so many patterns to compile that this is a tenth of its cost.
    """
    columns = ", ".join(f"cast(null as {duckdb_type(field.type)}) as {quoted(field.name)}" for field in schema)
    connection.execute(f"create view {name} as select {columns} where false")


def duckdb_type(kind: pa.DataType) -> str:
    """The name of DuckDB's type for an Arrow type of the raw store.

    Raises:
        KeyError: the raw store has no column of such a type so far.
    """
    if pa.types.is_list(kind):
        return f"{duckdb_type(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        fields = (kind.field(position) for position in range(kind.num_fields))
        return f"struct({', '.join(f'{quoted(field.name)} {duckdb_type(field.type)}' for field in fields)})"
    return TYPES[kind]
