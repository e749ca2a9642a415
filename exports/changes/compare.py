"""The rows in which two Parquet files of a dataset differ, found inside DuckDB.

Rows are matched by a 64-bit hash of all their columns: the earlier file is read for its hashes, the later one joined with them, and then
only rows without a match are kept. Of 10⁴ edits in 10⁷ rows one is overlooked with odds of about 10⁻⁸; one that is makes the numbers of
matched rows differ, unless a second one makes up for it.

`python -m tests.benchmarks.changes` measures it: 10⁷ rows of 9 columns with 10⁴ edits at random take 9.0 s of processor time, reading every value
of both files twice 8.0 s. What does not help: two joins, one for each direction, with hashes of 128 bits (almost twice); digests of groups of
rows, and then the groups that differ (the second reading costs more than the join that it saves); digests of both files summed by their first bits, and
a join of those alone whose sums differ (8 % more, in 4 · 10⁶ rows); numbers written as texts before they are hashed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.release.parts import numbered_rows_of, rows_of
from exports.sql_text import literal, quoted

EARLIER, LATER = "earlier_rows", "later_rows"
KEY = "row_key"


@dataclass(frozen=True)
class Shape:
    """Columns with their DuckDB types, and the primary key, of a released Parquet file; its own metadata names the key."""

    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]


def shape_of(connection: duckdb.DuckDBPyConnection, files: Path | Sequence[Path]) -> Shape:
    """The shape of a released file, or of the first of its parts; without a key where it was not written by us."""
    file = files if isinstance(files, Path) else files[0]
    columns = tuple((name, kind) for name, kind, *_ in connection.execute(f"describe from {literal(str(file))}").fetchall())
    query = "select decode(value) from parquet_kv_metadata($1) where decode(key) = 'primary_key'"
    row = connection.execute(query, [str(file)]).fetchone()
    key = tuple(json.loads(row[0])) if row else ()
    return Shape(columns, key if {*key} <= {name for name, _ in columns} else ())


def load_differences(connection: duckdb.DuckDBPyConnection, earlier: Path | Sequence[Path], later: Path | Sequence[Path]) -> Shape | None:
    """Create the temporary tables `earlier_rows` and `later_rows`: the rows of each file (or its parts) that the other lacks, with `row_key` before their columns.

    None where the files cannot be compared row by row: their columns or keys differ, or a key stands for several rows.
    """
    shape = shape_of(connection, later)
    if not shape.key or shape != shape_of(connection, earlier):
        return None
    names = ", ".join(map(quoted, shape.names))
    connection.execute(
        f"create or replace temp table digests as select {_digest(shape)} as digest, file_row_number as row_index "
        f"from {numbered_rows_of(earlier)}"
    )
    connection.execute(
        f"create or replace temp table {LATER} as select {key_text(shape.key)} as {KEY}, {names}, row_index from ("
        f"select later.*, digests.row_index from (select *, {_digest(shape)} as digest from {rows_of(later)}) as later "
        "full join digests on later.digest = digests.digest where later.digest is null or digests.digest is null)"
    )
    connection.execute(
        f"create or replace temp table {EARLIER} as select {key_text(shape.key)} as {KEY}, {names} "
        f"from {numbered_rows_of(earlier)} where file_row_number in (select row_index from {LATER} where row_index is not null)"
    )
    connection.execute(f"delete from {LATER} where row_index is not null; alter table {LATER} drop row_index; drop table digests")
    return shape if _has_one_row_a_key(connection, earlier, later) else None


def key_text(columns: tuple[str, ...]) -> str:
    """SQL: a row's key as one text: the values joined by |, so that two keys never give one text."""
    values = (f"coalesce(replace(replace({quoted(name)}::varchar, '\\', '\\\\'), '|', '\\|'), '\\N')" for name in columns)
    return f"concat_ws('|', {', '.join(values)})"


def _digest(shape: Shape) -> str:
    # a DOUBLE with its sign: 0.0 and -0.0 are equal and have other bytes
    cells = (f"{quoted(name)}, signbit({quoted(name)})" if kind == "DOUBLE" else quoted(name) for name, kind in shape.columns)
    return f"hash({', '.join(cells)})"


def _has_one_row_a_key(connection: duckdb.DuckDBPyConnection, earlier: Path | Sequence[Path], later: Path | Sequence[Path]) -> bool:
    """Whether no key repeats among the rows that differ, and both files have as many rows that do not differ."""
    counts = ", ".join(
        f"(select count(*) from {rows_of(file)}), (select count(*) from {table}), (select count(distinct {KEY}) from {table})"
        for file, table in ((earlier, EARLIER), (later, LATER))
    )
    ((before, gone, gone_keys, after, come, come_keys),) = connection.execute(f"select {counts}").fetchall()
    return bool(before - gone == after - come and gone == gone_keys and come == come_keys)


def load_cells(connection: duckdb.DuckDBPyConnection, shape: Shape) -> None:
    """Create the temporary table `cells` from the rows that differ: release_change, row_key, column_position, column_name, old_value, new_value.

    One row for each cell that changed, each filled cell of a row added, and each row removed. Values are DuckDB's texts, which cast back
    to the same value.
    """
    structs = ", ".join(
        f"{{'position': {position}, 'name': {literal(name)}, 'old': earlier.{quoted(name)}::varchar, 'new': later.{quoted(name)}::varchar}}"
        for position, name in enumerate(shape.names, start=1)
    )
    connection.execute(
        f"""
        create or replace temp table cells as
        with compared as (
            select later.{KEY}, earlier.{KEY} is null as is_new,
                unnest(list_filter([{structs}], lambda cell: cell.old is distinct from cell.new)) as cell
            from {LATER} as later left join {EARLIER} as earlier on later.{KEY} = earlier.{KEY}
        )
        select case when is_new then 'added' else 'changed' end as release_change, {KEY}, cell.position as column_position,
            cell.name as column_name, cell.old as old_value, cell.new as new_value
        from compared
        union all
        select 'removed', earlier.{KEY}, 0, null, null, null
        from {EARLIER} as earlier anti join {LATER} as later on earlier.{KEY} = later.{KEY}
        """
    )
