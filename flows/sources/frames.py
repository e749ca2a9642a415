"""One view of every tabular format: delimited text, workbooks, JSON and Parquet as a relation that DuckDB can read.

A frame names its relation and says how to write, in SQL, a row's number, its sheet and the text under a header, so that
`registers.py` need not know what kind of file it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from flows.errors import UnreadableSource
from flows.sources.delimited import Delimited, look_at

Reject = tuple[int | None, str, str]
HEADER_ROWS = 20  # how far down the header may stand, below titles and remarks


@dataclass(frozen=True)
class Frame:
    """A table of text: `relation`, whose `source_row` numbers the rows, and the expressions to read it by.

    `filled` tells rows that hold anything; `rejects` is asked after the relation was read.
    """

    headers: tuple[str, ...]
    relation: str
    filled: str
    value: Callable[[str], str]
    sheet: str = "cast(null as varchar)"
    rejects: Callable[[], list[Reject]] = field(default=list)
    counts_rejects: bool = True  # whether source_row counts the rows that were rejected


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
        return _delimited(connection, place, look_at(place, path, scratch, lacks))
    if suffix in {".xlsx", ".xls", ".xlsm", ".ods"}:
        return _workbook(connection, place, path, lacks)
    if suffix in {".json", ".ndjson", ".jsonl"}:
        return _json(connection, place, path)
    if suffix == ".parquet":
        return _parquet(place, path)
    known = ".csv .tsv .xlsx .xls .ods .json .ndjson .parquet"
    raise UnreadableSource(place, f"a file that ends in {suffix or 'nothing'}", f"one of {known}", "Save it as one of these.")


def _delimited(connection: duckdb.DuckDBPyConnection, place: str, file: Delimited) -> Frame:
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(file.headers)))
    relation = f"""(select *, row_number() over () as source_row from read_csv({_literal(str(file.path))},
        columns = {{{columns}}}, auto_detect = false, header = false, delim = {_literal(file.delimiter)}, quote = '"', escape = '"',
        skip = {file.lines_above}, strict_mode = true, max_line_size = 16777216, store_rejects = true, rejects_limit = 0))"""
    index = {header: position for position, header in reversed(list(enumerate(file.headers)))}
    filled = " or ".join(f"c{position} is not null" for position in range(len(file.headers)))
    return Frame(
        file.headers,
        relation,
        filled,
        lambda header: f"c{index[header]}",
        rejects=lambda: _ragged(connection, place, file),
        counts_rejects=False,
    )


def _ragged(connection: duckdb.DuckDBPyConnection, place: str, file: Delimited) -> list[Reject]:
    """Lines that DuckDB could not split into the header's columns; what stands in them is not repeated."""
    errors = connection.execute(
        "select line, min(lower(cast(error_type as varchar))) from reject_errors group by line order by line"
    ).fetchall()
    width = len(file.headers)
    return [
        (
            line - file.lines_above,
            f"{place}, record {line}",
            f"found a row with {kind}; expected {width} columns as in the header. Mend the row and send it again.",
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
        first = next((_cells(row) for rows in contents.values() for row in rows if any(_cells(row))), [])
        found = f"no header row (the first row is {'、'.join(first) or 'empty'})"
        raise UnreadableSource(place, found, "a row with the register's headers", "See docs/datasets.md for the headers that are known.")
    table = pa.concat_tables(sheets, promote_options="default")
    connection.register("workbook", table)
    headers = tuple(name for name in table.column_names if name not in {"source_sheet", "source_row"})
    filled = " or ".join(f"{_name(header)} is not null" for header in headers)
    return Frame(headers, "workbook", filled, _name, "source_sheet", lambda: rejects)


def _sheet(name: str, headers: list[str], rows: Sequence[Sequence[object]]) -> pa.Table:
    columns = list(zip(*(_cells(row) for row in rows), strict=False)) or [()] * len(headers)
    named: dict[str, pa.Array] = {}
    for header, column in zip(headers, columns, strict=False):
        if header:
            named.setdefault(header, pa.array([cell or None for cell in column], pa.string()))
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
        headers = tuple(str(key) for (key,) in keys.fetchall())
    except duckdb.Error as error:
        reason = str(error).splitlines()[0][:200]
        raise UnreadableSource(
            place, f"no valid JSON ({reason})", "a list of records, or one record a line in .ndjson", "Send it again."
        ) from error
    numbered = f"(select json, row_number() over () as source_row from {relation})"

    def rejects() -> list[Reject]:
        bad = connection.execute(
            f"select source_row from {numbered} where json is null or json_type(json) <> 'OBJECT' order by 1"
        ).fetchall()
        return [
            (row, f"{place}, record {row}", "found no JSON object; expected one record. Mend the line and send it again.") for (row,) in bad
        ]

    return Frame(headers, numbered, "json_type(json) = 'OBJECT'", _json_value, rejects=rejects)


def _json_value(header: str) -> str:
    key = header.replace("\\", "\\\\").replace('"', '\\"')
    path = f'$."{key}"'
    return f"json_extract_string(json, {_literal(path)})"


def _parquet(place: str, path: Path) -> Frame:
    try:
        headers = tuple(pq.read_schema(path).names)
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableSource(place, f"no Parquet file ({error})", "a Parquet file", "Send it again.") from error
    relation = f"(select *, file_row_number + 1 as source_row from read_parquet({_literal(str(path))}, file_row_number = true))"
    filled = " or ".join(f"{_name(header)} is not null" for header in headers)
    return Frame(headers, relation, filled, lambda header: f"cast({_name(header)} as varchar)")


def _name(header: str) -> str:
    return '"' + header.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
