"""A Parquet file as a frame: every column as text, as a clerk's table would have it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from exports.sql_text import literal, quoted
from flows.sources.tables.encodings import decoded_bytes
from flows.sources.tables.frame import Frame, said_by
from flows.sources.tables.grids import told_apart
from flows.sources.tables.limits import require_narrow, require_unpackable
from flows.workspace.errors import UnreadableSource

UNDECODED = "#BYTES!"  # what stands for bytes that are no text: read as a value that is an error


def parquet_frame(connection: duckdb.DuckDBPyConnection, place: str, path: Path) -> Frame:
    try:
        schema = pq.read_schema(path)
        names = told_apart(schema.names)
        relation = f"read_parquet({literal(str(path))})"
        if any(map(_is_bytes, schema.types)):
            connection.register("parquet_rows", _with_texts(pq.read_table(path)))
            relation = "parquet_rows"
        types = connection.execute(f"describe from {relation}").fetchall()
        require_narrow(place, len(types))
        texts = [quoted(name) for name, kind, *_ in types if kind == "VARCHAR"]
        require_unpackable(connection, place, relation, texts, pq.read_metadata(path).num_rows, path.stat().st_size)
    except (pa.ArrowException, OSError, ValueError, duckdb.Error) as error:  # ValueError: a name that is no text
        raise UnreadableSource(place, f"no Parquet file ({said_by(error, path)})", "a Parquet file", "Send it again.") from error
    columns = ", ".join(f"{_as_text(quoted(name), kind)} as c{position}" for position, (name, kind, *_) in enumerate(types))
    numbered = f"(select {columns}, cast(null as bigint) as source_row from {relation})"
    return Frame({header: f"c{position}" for position, header in enumerate(names)}, numbered)


def _as_text(column: str, kind: str) -> str:
    """SQL: a value as text; a whole number without a point, though pandas keeps it as a float where a cell is missing."""
    if kind in {"DOUBLE", "FLOAT"}:
        whole = f"isfinite({column}) and {column} = trunc({column}) and abs({column}) < 1e15"
        return f"case when {whole} then cast(cast({column} as bigint) as varchar) else cast({column} as varchar) end"
    return f"cast({column} as varchar)"


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
