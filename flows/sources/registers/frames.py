"""One view of every tabular format: delimited text, workbooks, JSON and Parquet as a relation that DuckDB can read.

A frame names its relation and says how to write, in SQL, a row's number, its sheet and the text under a header, so that
`registers.py` need not know what kind of file it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from flows.sources.registers.delimited import Delimited, as_utf8, encoding_of, look_at
from flows.workspace.errors import UnreadableSource

Reject = tuple[int | None, str, str]
RAGGED = {"unquoted value": "a quotation mark that is never closed, or has text after it; rows below may have gone with it"}
CELLS = "under "  # leads the columns that hold a workbook's cells, so that no header meets the name of one of ours
HEADER_ROWS = 20  # how far down the header may stand, below titles and remarks


@dataclass(frozen=True)
class Frame:
    """A table of text: `relation`, whose `source_row` numbers the rows (null: they are numbered as they come), and for each
    header the SQL of the text under it.

    `rejects` is asked after the relation was read.
    """

    columns: Mapping[str, str]
    relation: str
    sheet: str = "cast(null as varchar)"
    rejects: Callable[[], list[Reject]] = field(default=list)
    encoding: str | None = None  # of texts
    counts_rejects: bool = True  # whether source_row counts the rows that were rejected

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(self.columns)


def open_frame(
    connection: duckdb.DuckDBPyConnection, place: str, path: Path, scratch: Path, lacks: Callable[[Sequence[str]], bool]
) -> Frame:
    """Open a tabular file by its suffix: .csv .tsv .txt, .xlsx .xls .ods, .json .ndjson .jsonl, .parquet.

    `lacks(headers)` tells that a row cannot be the header; titles above the header are passed over by it.

    Raises:
        UnreadableSource: the file is empty, of another kind, damaged, or holds no table.
    """
    if path.stat().st_size == 0:
        raise UnreadableSource(place, "an empty file (0 bytes)", "a table with a header", "Send the file again.")
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv", ".txt"}:
        file = look_at(place, path, scratch, lacks)
        return replace(_delimited(connection, place, file), encoding=encoding_of(path, file.path))
    if suffix in {".xlsx", ".xls", ".xlsm", ".ods"}:
        return _workbook(connection, place, path, lacks)
    if suffix in {".json", ".ndjson", ".jsonl"}:
        text = as_utf8(place, path, scratch, with_mark=False)
        return replace(_json(connection, place, text), encoding=encoding_of(path, text))
    if suffix == ".parquet":
        return _parquet(connection, place, path)
    known = ".csv .tsv .xlsx .xls .ods .json .ndjson .parquet"
    raise UnreadableSource(place, f"a file that ends in {suffix or 'nothing'}", f"one of {known}", "Save it as one of these.")


def _delimited(connection: duckdb.DuckDBPyConnection, place: str, file: Delimited) -> Frame:
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(file.headers)))
    relation = f"""(select *, cast(null as bigint) as source_row from read_csv({_literal(str(file.path))},
        columns = {{{columns}}}, auto_detect = false, header = false, delim = {_literal(file.delimiter)}, quote = '"', escape = '"',
        skip = {file.records_above}, strict_mode = true, max_line_size = 16777216, store_rejects = true, rejects_limit = 0))"""
    named = {header: f"c{position}" for position, header in enumerate(told_apart(file.headers))}
    nameless = [f"c{position}" for position, header in enumerate(file.headers) if not header]
    empty = _empty_columns(connection, relation, nameless)
    return Frame(
        {header: column for header, column in named.items() if column not in empty},
        relation,
        rejects=lambda: _ragged(connection, place, file),
        counts_rejects=False,
    )


def told_apart(headers: Sequence[str]) -> list[str]:
    """Headers that differ: a second 标题 is 标题 (2), a nameless third column 第3列, so that what stands below is kept."""
    names: list[str] = []
    for position, header in enumerate(headers, start=1):
        name = header or f"第{position}列"
        same = sum(other == header for other in headers[: position - 1]) if header else 0
        names.append(f"{name} ({same + 1})" if same else name)
    return names


def _empty_columns(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> set[str]:
    """Those of `columns` in which nothing stands: clerks' tables trail delimiters."""
    if not columns:
        return set()
    counts = ", ".join(f"count(nullif(trim({column}), ''))" for column in columns)
    found = connection.execute(f"select {counts} from {relation}").fetchone()
    return {column for column, count in zip(columns, found or (), strict=True) if not count}


def _ragged(connection: duckdb.DuckDBPyConnection, place: str, file: Delimited) -> list[Reject]:
    """Records that DuckDB could not split into the header's columns; what stands in them is not repeated."""
    errors = connection.execute(
        "select line, min(lower(cast(error_type as varchar))) from reject_errors group by line order by line"
    ).fetchall()
    width = len(file.headers)
    return [
        (
            line - file.records_above,
            f"{place}, record {line}",
            f"found {RAGGED.get(kind, f'a row with {kind}')}; expected {width} columns as in the header. Mend the row and send it again.",
        )
        for line, kind in errors
    ]


def _workbook(connection: duckdb.DuckDBPyConnection, place: str, path: Path, lacks: Callable[[Sequence[str]], bool]) -> Frame:
    sheets: list[pa.Table] = []
    rejects: list[Reject] = []
    try:
        workbook = CalamineWorkbook.from_path(path)
        contents = {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableSource(
            place, f"a damaged workbook ({error})", "a workbook", "Open and save it again, or send it as CSV."
        ) from error
    for name, rows in contents.items():
        at = next((i for i, row in enumerate(rows[:HEADER_ROWS]) if not lacks(_cells(row))), None)
        if at is not None:
            sheets.append(_sheet(name, _cells(rows[at]), rows[at + 1 :]))
        elif any(any(_cells(row)) for row in rows):
            rejects.append(
                (None, f"{place}, sheet {name}", "found no row with the register's headers. Add a header row or remove the sheet.")
            )
    if not sheets:
        raise UnreadableSource(
            place,
            f"no header row in {len(contents)} sheets",
            "a row with the register's headers",
            "See docs/datasets.md for the headers that are known.",
        )
    table = pa.concat_tables(sheets, promote_options="default")
    connection.register("workbook", table)
    columns = {name.removeprefix(CELLS): _name(name) for name in table.column_names if name.startswith(CELLS)}
    return Frame(columns, "workbook", "source_sheet", lambda: rejects)


def _sheet(name: str, headers: list[str], rows: Sequence[Sequence[object]]) -> pa.Table:
    columns = list(zip(*(_cells(row) for row in rows), strict=False)) or [()] * len(headers)
    named = {
        CELLS + told: pa.array([cell or None for cell in column], pa.string())
        for told, header, column in zip(told_apart(headers), headers, columns, strict=False)
        if header or any(column)
    }
    numbers = pa.array(range(1, len(rows) + 1), pa.int64())
    return pa.table({"source_sheet": pa.array([name] * len(rows), pa.string()), "source_row": numbers, **named})


def _cells(row: Sequence[object]) -> list[str]:
    return [_cell(value) for value in row]


def _cell(value: object) -> str:
    """A cell as a clerk reads it: whole numbers without a decimal point, dates in ISO form."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if value is not None else ""


def _json(connection: duckdb.DuckDBPyConnection, place: str, path: Path) -> Frame:
    lines = path.suffix.lower() in {".ndjson", ".jsonl"}
    form = "newline_delimited" if lines else "array"
    relation = (
        f"read_json_objects({_literal(str(path))}, format = '{form}', maximum_object_size = 67108864, ignore_errors = {str(lines).lower()})"
    )
    try:
        keys = connection.execute(
            f"select distinct unnest(json_keys(json)) as key from {relation} where json_type(json) = 'OBJECT' order by 1"
        )
        headers = [str(key) for (key,) in keys.fetchall()]
    except duckdb.Error as error:
        raise UnreadableSource(
            place, f"no valid JSON ({said_by(error, path)})", "a list of records, or one record a line in .ndjson", "Send it again."
        ) from error
    numbered = f"(select json, row_number() over () as source_row from {relation})"

    def rejects() -> list[Reject]:
        bad = connection.execute(
            f"select source_row from {numbered} where json is null or json_type(json) <> 'OBJECT' order by 1"
        ).fetchall()
        return [
            (row, f"{place}, record {row}", "found no JSON object; expected one record. Mend the line and send it again.") for (row,) in bad
        ]

    return Frame({header: _json_value(header) for header in headers}, numbered, rejects=rejects)


def said_by(error: Exception, path: Path) -> str:
    """An error's first line without the folders of this machine."""
    return str(error).splitlines()[0][:200].replace(str(path), path.name).strip()


def _json_value(header: str) -> str:
    key = header.replace("\\", "\\\\").replace('"', '\\"')
    path = f'$."{key}"'
    return f"json_extract_string(json, {_literal(path)})"


def _parquet(connection: duckdb.DuckDBPyConnection, place: str, path: Path) -> Frame:
    try:
        headers = pq.read_schema(path).names
        relation = f"read_parquet({_literal(str(path))})"
        names = [name for (name, *_) in connection.execute(f"describe from {relation}").fetchall()]
    except (pa.ArrowInvalid, OSError, duckdb.Error) as error:
        raise UnreadableSource(place, f"no Parquet file ({said_by(error, path)})", "a Parquet file", "Send it again.") from error
    columns = ", ".join(f"cast({_name(name)} as varchar) as c{position}" for position, name in enumerate(names))
    numbered = f"(select {columns}, cast(null as bigint) as source_row from {relation})"
    return Frame({header: f"c{position}" for position, header in enumerate(told_apart(headers))}, numbered)


def _name(header: str) -> str:
    return '"' + header.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
