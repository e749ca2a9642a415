"""The Merkle tree over a dataset's rows: one digest in the manifest from which each single row can be proven without the others.

    leaf   sha256("gongkai-row:" + the row's values in the order of the columns, each as its number of bytes in UTF-8, ":" and its text; "-" for null)
    node   sha256("gongkai-node:" + left digest + right digest), digests as 64 hexadecimal digits; a last node without a neighbour moves up
    root   the node that remains; of no rows sha256("gongkai-rows:none")

The words before the bytes keep a node from being taken for a row (RFC 9162, 2.1, does the same with a byte). Rows are in the file's order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import duckdb

from exports.release.parts import numbered_rows_of, rows_of
from exports.sql_text import literal, quoted

ROW, NODE = "gongkai-row:", "gongkai-node:"
EMPTY = hashlib.sha256(b"gongkai-rows:none").hexdigest()


def merkle_root(connection: duckdb.DuckDBPyConnection, parquet: Path | Sequence[Path]) -> str:
    """The root of the rows of a Parquet file, or of its parts in their order, as 64 hexadecimal digits."""
    count = _load_leaves(connection, parquet)
    while count > 1:
        count = _load_parents(connection)
    row = connection.execute("select digest from nodes").fetchone()
    return str(row[0]) if row else EMPTY


def prove_row(
    connection: duckdb.DuckDBPyConnection, parquet: Path | Sequence[Path], row_number: int
) -> tuple[tuple[str | None, ...], list[tuple[str, str]], str]:
    """The values of a row (counted from 0), the way from it to the root (the neighbour of each level and its side), and the root.

    Raises:
        ValueError: the file has no such row.
    """
    values = connection.execute(
        f"select {', '.join(f'{quoted(name)}::varchar' for name in _columns(connection, parquet))} "
        f"from {numbered_rows_of(parquet)} where file_row_number = $1",
        [row_number],
    ).fetchone()
    if values is None:
        raise ValueError(f"{parquet}: found no row {row_number}")
    count, place, path = _load_leaves(connection, parquet), row_number, list[tuple[str, str]]()
    while count > 1:
        neighbour = connection.execute("select digest from nodes where place = $1", [place ^ 1]).fetchone()
        if neighbour:
            path.append(("left" if place % 2 else "right", str(neighbour[0])))
        count, place = _load_parents(connection), place // 2
    return tuple(values), path, str((connection.execute("select digest from nodes").fetchone() or (EMPTY,))[0])


def root_of(row: Sequence[str | None], path: Sequence[Sequence[str]]) -> str:
    """The root to which a row and its path lead; nothing but this is needed to check a proof."""
    digest = _sha256(ROW + "".join("-" if value is None else f"{len(value.encode())}:{value}" for value in row))
    for side, other in path:
        digest = _sha256(NODE + (other + digest if side == "left" else digest + other))
    return digest


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _columns(connection: duckdb.DuckDBPyConnection, parquet: Path | Sequence[Path]) -> list[str]:
    return [name for name, *_ in connection.execute(f"describe from {rows_of(parquet)}").fetchall()]


def _load_leaves(connection: duckdb.DuckDBPyConnection, parquet: Path | Sequence[Path]) -> int:
    """Create the temporary table `nodes` (place from 0, digest) of the rows; gives their number."""
    texts = (f"{quoted(name)}::varchar" for name in _columns(connection, parquet))
    cells = " || ".join(f"coalesce(strlen({text}) || ':' || {text}, '-')" for text in texts)
    connection.execute(
        f"create or replace temp table nodes as select file_row_number as place, sha256({literal(ROW)} || {cells}) as digest "
        f"from {numbered_rows_of(parquet)}"
    )
    return _count(connection)


def _load_parents(connection: duckdb.DuckDBPyConnection) -> int:
    """Replace `nodes` by the level above it; gives its number of nodes."""
    connection.execute(
        f"""
        create or replace temp table nodes as
        select place // 2 as place,
            case
                when count(*) = 1 then any_value(digest)
                else sha256({literal(NODE)} || max(digest) filter (place % 2 = 0) || max(digest) filter (place % 2 = 1))
            end as digest
        from nodes group by place // 2
        """
    )
    return _count(connection)


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    ((count,),) = connection.execute("select count(*) from nodes").fetchall()
    return int(count)
