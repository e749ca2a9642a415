"""A Parquet file as a frame: every column as text, as a clerk's table would have it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from exports.messages import _
from exports.sql_text import literal, quoted
from flows.sources.tables.encodings import decoded_bytes
from flows.sources.tables.frame import Frame, said_by
from flows.sources.tables.garbled import GARBLED_AS, SUSPECT_SQL, State, is_of_gbk, mend
from flows.sources.tables.grids import told_apart
from flows.sources.tables.layout import listed
from flows.sources.tables.limits import require_narrow, require_unpackable
from flows.sources.tables.notes import Note
from flows.workspace.errors import UnreadableSource

SAMPLED = 5000  # rows of the beginning and the end that are looked at for text that was taken for GBK
LENGTHS = {"VARCHAR": "strlen({})", "BLOB": "octet_length({})"}  # SQL: the bytes of a cell
NESTED = ("STRUCT", "MAP", "UNION")
UNDECODED = "#BYTES!"  # what stands for bytes that are no text: read as a value that is an error


def parquet_frame(connection: duckdb.DuckDBPyConnection, place: str, path: Path) -> Frame:
    try:
        schema = pq.read_schema(path)
        names = told_apart([mend(name)[0] for name in schema.names])
        stored = f"read_parquet({literal(str(path))})"
        types = connection.execute(f"describe from {stored}").fetchall()
        require_narrow(place, len(types))
        lengths = [length for name, kind, *_ in types if (length := _length(quoted(name), kind))]
        require_unpackable(connection, place, stored, lengths, pq.read_metadata(path).num_rows, path.stat().st_size)
        relation, mended = _readable(connection, path, schema, stored)  # looks into every text, so only once they are known to be few
        types = connection.execute(f"describe from {relation}").fetchall()
    except (pa.ArrowException, OSError, ValueError, duckdb.Error) as error:  # ValueError: a name that is no text
        found = _("no Parquet file ({fault})", fault=said_by(error, path))
        raise UnreadableSource(place, found, _("a Parquet file"), _("Send the file again.")) from error
    columns = ", ".join(f"{_as_text(quoted(name), kind)} as c{position}" for position, (name, kind, *_) in enumerate(types))
    numbered = f"(select {columns}, cast(null as bigint) as source_row from {relation})"
    notes = [Note("mended_text", listed(mended))] if mended else []
    return Frame({header: f"c{position}" for position, header in enumerate(names)}, numbered, notes=notes)


def _readable(connection: duckdb.DuckDBPyConnection, path: Path, schema: pa.Schema, stored: str) -> tuple[str, list[str]]:
    """The relation of a file, and the places of what was encoded twice in it: the file where it lies, or, where it holds bytes or garbled
    texts, a table in memory.
    """
    relation = stored
    table = _with_texts(pq.read_table(path)) if any(map(_is_bytes, schema.types)) else None
    if table is not None:
        connection.register("parquet_rows", table)
        relation = "parquet_rows"
    mended = ["表头"] if any(mend(name)[1] is State.MENDED for name in schema.names) else []
    if not _is_suspect(connection, relation):
        return relation, mended
    table, rows = _with_mended(pq.read_table(path) if table is None else table)
    connection.register("parquet_rows", table)
    return "parquet_rows", mended + [f"第{row}行记录" for row in rows]


def _is_suspect(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    """Whether texts may have been encoded twice: taken for a Western encoding anywhere, for GBK in the first rows or the last."""
    texts = [name for name, kind, *_ in connection.execute(f"describe from {relation}").fetchall() if kind == "VARCHAR"]
    if not texts:
        return False
    looks = " or ".join(f"regexp_matches({quoted(name)}, {literal(SUSPECT_SQL)})" for name in texts)
    if connection.execute(f"select 1 from {relation} where {looks} limit 1").fetchone():
        return True
    whole = f"concat_ws(chr(10), {', '.join(map(quoted, texts))})"
    ((count,),) = connection.execute(f"select count(*) from {relation}").fetchall()
    for start in {0, max(count - SAMPLED, 0)}:
        rows = connection.execute(f"select {whole} from {relation} limit {SAMPLED} offset {start}").fetchall()
        if any(is_of_gbk(text) for (text,) in rows):
            return True
    return False


def _with_mended(table: pa.Table) -> tuple[pa.Table, list[int]]:
    """The table with texts as they were before they were encoded twice, and the rows of these; `GARBLED_AS` for what cannot be had back."""
    rows: set[int] = set()
    for position, entry in enumerate(table.schema):
        if not _is_text(entry.type):
            continue
        found = [(None, State.PLAIN) if text is None else mend(text) for text in table.column(position).to_pylist()]
        rows |= {row for row, (_text, state) in enumerate(found, start=1) if state is State.MENDED}
        texts = [GARBLED_AS if state is State.GARBLED else text for text, state in found]
        table = table.set_column(position, entry.name, pa.array(texts, pa.string()))
    return table, sorted(rows)


def _length(column: str, kind: str) -> str | None:
    """SQL: the bytes of a cell of a type whose values can be of any length; None for all others."""
    is_nested = kind.endswith("]") or kind.startswith(NESTED)
    return f"strlen(cast({column} as varchar))" if is_nested else LENGTHS[kind].format(column) if kind in LENGTHS else None


def _as_text(column: str, kind: str) -> str:
    """SQL: a value as text; a whole number without a point, though pandas keeps it as a float where a cell is missing."""
    if kind in {"DOUBLE", "FLOAT"}:
        whole = f"isfinite({column}) and {column} = trunc({column}) and abs({column}) < 1e15"
        return f"case when {whole} then cast(cast({column} as bigint) as varchar) else cast({column} as varchar) end"
    return f"cast({column} as varchar)"


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _with_texts(table: pa.Table) -> pa.Table:
    for position, entry in enumerate(table.schema):
        if _is_bytes(entry.type):
            texts = [
                UNDECODED if (text := decoded_bytes(value)) is None and value else text for value in table.column(position).to_pylist()
            ]
            table = table.set_column(position, entry.name, pa.array(texts, pa.string()))
    return table
