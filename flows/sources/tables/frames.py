"""One view of every tabular format: delimited text, workbooks, JSON and Parquet as a relation that DuckDB can read.

A frame names its relation and says how to write, in SQL, a row's number, its sheet and the text under a header, so that the reader of
registers need not know what kind of file it reads. Plain tables stay on disk and in DuckDB; only of workbooks is every cell looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from exports.sql_text import literal, quoted
from flows.sources.tables.delimited import Delimited, cells_of, look_at
from flows.sources.tables.encodings import FAULT, as_utf8, decoded_bytes
from flows.sources.tables.grids import CELLS, read_grid, told_apart
from flows.sources.tables.kinds import WORKBOOKS, Kind, kind_of
from flows.sources.tables.limits import LONGEST_LINE, require_narrow, require_unpackable
from flows.sources.tables.notes import Note
from flows.sources.tables.office import converted
from flows.sources.tables.recognise import Known, NoSuchHeaders, usual_headers
from flows.sources.tables.workbook import read_workbook
from flows.workspace.errors import UnreadableSource

Reject = tuple[int | None, str, str]


@dataclass(frozen=True)
class Fault:
    """A record that could not be split: its number, what is wrong with it, its cells, and what was lost with it: lines and bytes."""

    line: int
    kind: str
    cells: list[str]
    lost: tuple[int, int] | None = None


QUOTES = "text after a closing quotation mark"
SHOWN_OF_RECORD = 9_990  # bytes; the last character may be cut
UNCLOSED = "a quotation mark that is never closed: {lines} lines below it ({size:,} bytes) were not read"
UNDECODED = "#BYTES!"  # what stands for bytes that are no text: read as a value that is an error
FAULTS = ("unquoted value", "too many columns", "missing columns", "line size over maximum", "invalid encoding", "cast", "invalid state")
LARGEST_WHOLE = 1 << 28  # bytes of JSON that are looked through as a whole
EXPECTED = ".csv .tsv .xlsx .xls .ods .et .html .json .ndjson .parquet"


@dataclass(frozen=True)
class Frame:
    """A table of text: `relation`, whose `source_row` numbers the rows (null: they are numbered as they come), and for each
    header the SQL of the text under it.

    `names` says which header stands for which column of the register, where the reading has settled that; `rejects` and `recovered`
    (rows that could not be split but whose cells are plain all the same: an Arrow table of the relation's columns) are asked after the
    relation was read.
    """

    columns: Mapping[str, str]
    relation: str
    sheet: str = "cast(null as varchar)"
    rejects: Callable[[], list[Reject]] = field(default=list)
    encoding: str | None = None  # of texts
    counts_rejects: bool = True  # whether source_row counts the rows that were rejected
    names: Mapping[str, str] | None = None
    notes: list[Note] = field(default_factory=list)
    recovered: Callable[[], pa.Table | None] = field(default=lambda: None)

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(self.columns)


def open_frame(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    path: Path,
    scratch: Path,
    known: Known,
    asks: Callable[[str], bool],
    heard: Sequence[str] = (),
) -> Frame:
    """Open a tabular file by what its bytes are, whatever its name says: delimited text, workbooks, pages of HTML, JSON, Parquet.

    `asks(header)` tells that what stands below a header must be heard; `heard` are columns of which that is so.

    Raises:
        UnreadableSource: the file is empty, of another kind, damaged, or holds no table.
    """
    if path.stat().st_size == 0:
        raise UnreadableSource(place, "an empty file (0 bytes)", "a table with a header", "Send the file again.")
    kind, what = kind_of(path)
    if kind == "unknown":
        raise UnreadableSource(place, what, f"a table, one of {EXPECTED}", "请存为其中一种再报 Save it as one of these.")
    if kind == "office":
        path, kind = converted(place, path, what, scratch)
    if kind in WORKBOOKS:
        return _workbook(connection, place, path, kind, scratch, known, asks, heard)
    if kind == "parquet":
        return _parquet(connection, place, path)
    if kind in {"json", "ndjson"}:
        text = as_utf8(place, path, scratch, with_mark=False)
        return _json(connection, place, text.path, scratch, text.encoding, is_lines=kind == "ndjson")
    return _delimited(connection, place, look_at(place, path, scratch, known, asks), known)


def _delimited(connection: duckdb.DuckDBPyConnection, place: str, file: Delimited, known: Known) -> Frame:
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(file.headers)))
    relation = f"""(select *, cast(null as bigint) as source_row from read_csv({literal(str(file.path))},
        columns = {{{columns}}}, auto_detect = false, header = false, delim = {literal(file.delimiter)}, quote = '"', escape = '"',
        skip = {file.records_above}, strict_mode = true, max_line_size = {LONGEST_LINE}, store_rejects = true, rejects_limit = 0))"""
    named = {header: f"c{position}" for position, header in enumerate(told_apart(file.headers))}
    nameless = [f"c{position}" for position, header in enumerate(file.headers) if not header]
    empty = _empty_columns(connection, relation, nameless)
    errors: list[Fault] = []
    required = {position for position, header in enumerate(file.headers) if known.column(header) in known.required}

    def faults() -> list[Fault]:
        if not errors:
            errors.extend(_faults(connection, file))
        return errors

    return Frame(
        {header: column for header, column in named.items() if column not in empty},
        relation,
        rejects=lambda: [_ragged(place, file, fault) for fault in faults() if not _is_short(fault, required)],
        encoding=file.encoding,
        counts_rejects=False,
        recovered=lambda: _recovered(file, [fault for fault in faults() if _is_short(fault, required)]),
    )


def _empty_columns(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> set[str]:
    """Those of `columns` in which nothing stands: clerks' tables trail delimiters."""
    if not columns:
        return set()
    counts = ", ".join(f"count(nullif(trim({column}), ''))" for column in columns)
    found = connection.execute(f"select {counts} from {relation}").fetchone()
    return {column for column, count in zip(columns, found or (), strict=True) if not count}


def _faults(connection: duckdb.DuckDBPyConnection, file: Delimited) -> list[Fault]:
    """Records that DuckDB could not split into the header's columns. Of several kinds the one that explains
    the others counts; bytes were seen to be UTF-8 before, so that a fault of encoding is one of quotation marks.
    """
    errors = connection.execute(
        "select line, list(distinct lower(cast(error_type as varchar))), any_value(csv_line), min(line_byte_position) "
        "from reject_errors group by line order by line"
    ).fetchall()
    found = []
    for line, kinds, text, at in errors:
        kind = min(kinds, key=lambda kind: FAULTS.index(kind) if kind in FAULTS else len(FAULTS))
        kind = "unquoted value" if kind == "invalid encoding" else kind
        lost = _lost(file.path, at, text or "") if kind in {"unquoted value", "line size over maximum"} else None
        found.append(Fault(line, kind, cells_of(text or "", file.delimiter), lost))
    return found


def _lost(path: Path, at: int | None, text: str) -> tuple[int, int] | None:
    """How many lines below the one at a byte (from 1) a quotation mark took with it, and all their bytes; None where it took none. What
    is shown of a record ends after so many characters: then on to the next mark, or to the end of the file.
    """
    if len(text.encode()) < SHOWN_OF_RECORD:
        lines = text.rstrip("\n").count("\n")
        return (lines, len(text.encode())) if lines else None
    lines = size = 0
    is_closed = False
    with path.open("rb") as stream:
        stream.seek(max((at or 1) - 1, 0))
        shown = stream.read(len(text.encode()))
        lines, size = shown.count(b"\n"), len(shown)
        for line in iter(lambda: stream.readline(LONGEST_LINE), b""):
            lines, size = lines + line.endswith(b"\n"), size + len(line)
            is_closed = is_closed or b'"' in line
            if is_closed and line.endswith(b"\n"):
                break
    return lines - 1, size


def _is_short(fault: Fault, required: set[int]) -> bool:
    """Whether only cells at a record's end are missing, as Excel leaves them off, and none that it must fill."""
    kind, cells = fault.kind, fault.cells
    return kind == "missing columns" and bool(cells) and all(position < len(cells) and cells[position].strip() for position in required)


def _recovered(file: Delimited, faults: list[Fault]) -> pa.Table | None:
    if not faults:
        return None
    width = len(file.headers)
    rows = [fault.cells + [""] * (width - len(fault.cells)) for fault in faults]
    columns = {f"c{position}": pa.array([row[position] or None for row in rows], pa.string()) for position in range(width)}
    return pa.table({**columns, "source_row": pa.array([fault.line - file.records_above for fault in faults], pa.int64())})


def _ragged(place: str, file: Delimited, fault: Fault) -> Reject:
    """A record that is no row of the table; what stands in it is not repeated."""
    line, kind, cells = fault.line, fault.kind, fault.cells
    if cells and cells[0].startswith(FAULT) and cells[0][1:].isdigit():
        where, _, words = file.faults[int(cells[0][1:])].partition(": ")
        return line - file.records_above, f"{place}, {where}", words
    if fault.lost and (kind == "unquoted value" or fault.lost[0] > 0):
        what = UNCLOSED.format(lines=fault.lost[0], size=fault.lost[1])
    elif fault.lost:
        what = f"a line of {fault.lost[1]:,} bytes, of which nothing was read"
    else:
        what = QUOTES if kind == "unquoted value" else f"a row with {kind}"
    expected = f"{len(file.headers)} columns as in the header"
    return line - file.records_above, f"{place}, record {line}", f"found {what}; expected {expected}. Mend the row and send it again."


def _workbook(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    path: Path,
    kind: Kind,
    scratch: Path,
    known: Known,
    asks: Callable[[str], bool],
    heard: Sequence[str],
) -> Frame:
    sheets = read_workbook(place, path, kind, scratch)
    grid = read_grid(sheets, known, asks, heard)
    if grid is None:
        raise NoSuchHeaders(
            place,
            f"no header row in {len(sheets)} sheets" + _seen(sheets, known),
            f"a row with headers for {_needed(known)}",
            "请补上表头，或在 gongkai.yaml 的来源下写 columns 对照（gongkai doctor 可给出） Add the headers, or map them under `columns`: gongkai doctor proposes it.",
        )
    connection.register("workbook", grid.table)
    rejects: list[Reject] = [
        (None, f"{place}, sheet {name}", "found no row with the register's headers. Add a header row or remove the sheet.")
        for name in grid.unknown_sheets
    ]
    columns = {header: quoted(CELLS + header) for header in grid.headers}
    return Frame(columns, "workbook", "source_sheet", lambda: rejects, names=grid.names, notes=grid.notes)


def _seen(sheets: Sequence[Any], known: Known) -> str:
    """Known headers of the row that has most of them: words of the register, none of the file."""
    rows = [cells for sheet in sheets if not sheet.is_hidden for _, cells in sorted(sheet.rows.items())[:30]]
    best: list[str] = max(rows, key=known.count, default=[])
    found = [cell for cell in best if cell and known.column(cell)]
    return f" (only {'、'.join(found)})" if found else ""


def _needed(known: Known) -> str:
    return "; ".join(f"{c.name}: {usual_headers(c)}" for c in known.register.columns if c.name in known.required)


def _json(connection: duckdb.DuckDBPyConnection, place: str, path: Path, scratch: Path, encoding: str, *, is_lines: bool) -> Frame:
    path = _without_nul(path, scratch)
    form = "newline_delimited"
    if not is_lines:
        path, form = _records_within(path, scratch)
    relation = f"read_json_objects({literal(str(path))}, format = '{form}', maximum_object_size = 67108864, ignore_errors = {str(is_lines).lower()})"
    try:
        keys = connection.execute(
            f"select distinct unnest(json_keys(json)) as key from {relation} where json_type(json) = 'OBJECT' order by 1"
        )
        headers = [str(key) for (key,) in keys.fetchall()]
    except duckdb.Error as error:
        raise UnreadableSource(
            place, f"no valid JSON ({said_by(error, path)})", "a list of records, or one record a line in .ndjson", "Send it again."
        ) from error
    require_narrow(place, len(headers))
    numbered = f"(select json, row_number() over () as source_row from {relation})"

    def rejects() -> list[Reject]:
        bad = connection.execute(
            f"select source_row from {numbered} where json is null or json_type(json) <> 'OBJECT' order by 1"
        ).fetchall()
        return [
            (row, f"{place}, record {row}", "found no JSON object; expected one record. Mend the line and send it again.") for (row,) in bad
        ]

    return Frame({header: _json_value(header) for header in headers}, numbered, rejects=rejects, encoding=encoding)


def _without_nul(path: Path, scratch: Path) -> Path:
    """The file without escaped NULs, which nothing further on can hold; itself where it has none."""
    data = path.read_bytes() if path.stat().st_size <= LARGEST_WHOLE else b""
    if b"\\u0000" not in data:
        return path
    target = scratch / "plain.json"
    target.write_bytes(re.sub(rb"(?<!\\)((?:\\\\)*)\\u0000", rb"\1", data))
    return target


def _records_within(path: Path, scratch: Path) -> tuple[Path, str]:
    """A file of JSON and its form for DuckDB: a list of records as it is; of an object that wraps one ({"code": 0, "data": [...]}) that
    list; any other object as the one record that it is.
    """
    with path.open(encoding="utf-8") as stream:
        start = next((line.lstrip()[:1] for line in stream if line.strip()), "")
    if start != "{":
        return path, "array"
    try:
        found = _list_of_records(json.loads(path.read_text("utf-8")), 4)
    except (ValueError, RecursionError):
        return path, "unstructured"
    if found is None:
        return path, "unstructured"
    target = scratch / "records.json"
    target.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    return target, "array"


def _list_of_records(value: object, depth: int) -> list[Any] | None:
    if isinstance(value, list):
        return value if value and all(isinstance(each, dict) for each in value) else None
    if not isinstance(value, dict) or not depth:
        return None
    return next((found for each in value.values() if (found := _list_of_records(each, depth - 1))), None)


def said_by(error: Exception, path: Path) -> str:
    """An error's first line without the folders of this machine."""
    return str(error).splitlines()[0][:200].replace(str(path), path.name).strip()


def _json_value(header: str) -> str:
    key = header.replace("\\", "\\\\").replace('"', '\\"')
    path = f'$."{key}"'
    return f"json_extract_string(json, {literal(path)})"


def _parquet(connection: duckdb.DuckDBPyConnection, place: str, path: Path) -> Frame:
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
