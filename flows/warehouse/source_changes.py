"""What became of a source's shape when its bytes were replaced: headers, encoding, rows, and how much of a column can be read.

Only files that replaced others are looked at: a file that never changed is compared with nothing, and costs nothing. Where the
former bytes were read by another version of the reader, there is no comparison either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from exports.catalog import Catalog, Register
from exports.sql_text import literal
from flows.sources.readers import store_of
from flows.sources.registers.reader import HEADERS
from flows.sources.registers.rows import ROWS, rows_of
from flows.sources.store import REJECTS
from flows.workspace.settings import Workspace

if TYPE_CHECKING:
    from flows.warehouse.current_sources import Source

TYPED = {
    "date": "parse_date({})",
    "integer": "try_cast(replace({}, ',', '') as bigint)",
    "number": "try_cast(replace({}, ',', '') as double)",
}
TABLES = """
    create table raw.source_changes (
        source_path varchar, source_kind varchar, source_sha256 varchar, previous_sha256 varchar, row_count bigint, previous_row_count bigint,
        rejected_row_count bigint, previous_rejected_row_count bigint, text_encoding varchar, previous_text_encoding varchar,
        lost_headers varchar[], new_headers varchar[]
    );
    create table raw.column_changes (
        source_path varchar, source_kind varchar, column_name varchar, row_count bigint, previous_row_count bigint,
        filled_count bigint, previous_filled_count bigint, readable_count bigint, previous_readable_count bigint
    );
"""
FORMER = """
    select source_path, last(source_sha256 order by seen_from) from raw.sources
    where seen_until is not null group by source_path order by source_path
"""


def load_changes(connection: duckdb.DuckDBPyConnection, workspace: Workspace, catalog: Catalog, sources: Sequence[Source]) -> None:
    """Make `raw.source_changes` and `raw.column_changes` from the ledger (`raw.sources`) and the raw store."""
    connection.execute(TABLES)
    former = dict(connection.execute(FORMER).fetchall())
    for source in sources:
        previous = former.get(source.path)
        if source.kind not in catalog.registers or previous in {None, source.sha256}:
            continue
        before = store_of(workspace, catalog, source.source_name, source.kind).tables(previous)
        if ROWS in before and ROWS in source.tables:
            _compare(connection, catalog, source, previous, before)


def _compare(connection: duckdb.DuckDBPyConnection, catalog: Catalog, source: Source, previous: str, before: Mapping[str, Path]) -> None:
    register = catalog.registers[source.kind]
    for table, tables in (("shape_now", source.tables), ("shape_before", before)):
        connection.execute(f"create or replace temp table {table} as {_shape(tables)}")
        connection.execute(f"create or replace temp table {table}_columns as {_columns(catalog, register, tables[ROWS])}")
    connection.execute(
        """
        insert into raw.source_changes
        select $path, $kind, $now, $before, now.row_count, before.row_count, now.rejected_count, before.rejected_count,
            now.text_encoding, before.text_encoding,
            list_filter(before.headers, lambda header: not list_contains(now.headers, header)),
            list_filter(now.headers, lambda header: not list_contains(before.headers, header))
        from shape_now as now cross join shape_before as before
        """,
        {"path": source.path, "kind": source.kind, "now": source.sha256, "before": previous},
    )
    connection.execute(
        """
        insert into raw.column_changes
        select $path, $kind, now.column_name, now.row_count, before.row_count,
            now.filled_count, before.filled_count, now.readable_count, before.readable_count
        from shape_now_columns as now inner join shape_before_columns as before using (column_name)
        """,
        {"path": source.path, "kind": source.kind},
    )
    for table in ("shape_now", "shape_before"):
        connection.execute(f"drop table {table}; drop table {table}_columns")


def _shape(tables: Mapping[str, Path]) -> str:
    """One row: rows and rejected rows, encoding, headers: those the register names by its columns, so that a new spelling is no loss."""
    rejects = f"from {literal(str(tables[REJECTS]))}" if REJECTS in tables else "where false"
    return f"""
        select
            (select count(*) from {rows_of([tables[ROWS]])}) as row_count,
            (select count(*) {rejects}) as rejected_count,
            any_value(text_encoding) as text_encoding,
            coalesce(list(coalesce(column_name, header_text)), []) as headers
        from {literal(str(tables[HEADERS]))}
    """


def _columns(catalog: Catalog, register: Register, rows: Path) -> str:
    """One row per column: all rows, those where something stands, those where it reads as the column's type (null for texts)."""
    return " union all ".join(f"select {facts} from {rows_of([rows])}" for facts in _facts(catalog, register))


def _facts(catalog: Catalog, register: Register) -> Iterator[str]:
    for name in register.column_names:
        typed = TYPED.get(catalog.columns[name].type)
        readable = f"count({typed.format(name)})" if typed else "cast(null as bigint)"
        yield f"'{name}' as column_name, count(*) as row_count, count({name}) as filled_count, {readable} as readable_count"
