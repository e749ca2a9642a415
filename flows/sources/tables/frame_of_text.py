"""Delimited text as a frame: DuckDB reads it where it lies, and the records that it could not split are told or made whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.messages import N_, Message, _, reason
from exports.sql_text import literal
from flows.sources.tables.delimited import Delimited, cells_of
from flows.sources.tables.encodings import FAULT, fault_place, remedy_of, title
from flows.sources.tables.frame import Frame, Reject
from flows.sources.tables.grids import told_apart
from flows.sources.tables.layout import listed
from flows.sources.tables.limits import LONGEST_LINE
from flows.sources.tables.notes import Note
from flows.sources.tables.notes_text import NOTE
from flows.sources.tables.over import Over
from flows.sources.tables.recognise import Known

WORDS = {
    "unquoted value": N_("text after a closing quotation mark"),
    "too many columns": N_("a row with too many columns"),
    "missing columns": N_("a row with missing columns"),
}  # of a fault as DuckDB calls it
SHOWN_OF_RECORD = 9_990  # bytes; the last character may be cut
FAULTS = ("unquoted value", "too many columns", "missing columns", "line size over maximum", "invalid encoding", "cast", "invalid state")


@dataclass(frozen=True)
class Fault:
    """A record that could not be split: its number, what is wrong with it, its cells, and what was lost with it: lines and bytes."""

    line: int
    kind: str
    cells: list[str]
    lost: tuple[int, int] | None = None


def delimited_frame(connection: duckdb.DuckDBPyConnection, place: str, file: Delimited, known: Known) -> Frame:
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
        notes=mended_lines(file.mended),
        counts_rejects=False,
        recovered=lambda: _recovered(file, [fault for fault in faults() if _is_short(fault, required)]),
        over=[Over("title", title) for title in file.titles],
        lone=lambda: list(_lone(file, faults())),
    )


def _lone(file: Delimited, faults: Sequence[Fault]) -> Iterator[Over]:
    """The lines with one text and too few delimiters to be a row."""
    for fault in faults:
        texts = [cell.strip() for cell in fault.cells if cell.strip()]
        if len(texts) == 1 and NOTE.match(texts[0]):
            yield Over("note", texts[0])
        elif len(texts) == 1:
            yield Over("heading", texts[0], row=fault.line - file.records_above)


def mended_lines(lines: Sequence[int]) -> list[Note]:
    """The note on lines that were encoded twice and are read as they were."""
    return [Note("mended_text", listed(f"第{line}行" for line in lines))] if lines else []


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
    for line, kinds, shown, at in errors:
        text = (shown or "").lstrip("\n")  # of a file with CR LF the line end above is shown with it
        begins = (at or 1) + len(shown or "") - len(text)
        kind = min(kinds, key=lambda kind: FAULTS.index(kind) if kind in FAULTS else len(FAULTS))
        kind = "unquoted value" if kind == "invalid encoding" else kind
        lost = _lost(file.path, begins, text) if kind in {"unquoted value", "line size over maximum"} else None
        found.append(Fault(line, kind, cells_of(text, file.delimiter), lost))
    return found


def _lost(path: Path, at: int, text: str) -> tuple[int, int] | None:
    """How many lines below the one at a byte (from 1) a quotation mark took with it, and all their bytes; None where it took none. What
    is shown of a record ends after so many characters: then on to the next mark, or to the end of the file.
    """
    if len(text.encode()) < SHOWN_OF_RECORD:
        lines = text.rstrip("\r\n").count("\n")
        return (lines, len(text.encode())) if lines else None
    lines = size = 0
    is_closed = False
    with path.open("rb") as stream:
        stream.seek(max(at - 1, 0))
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
        number = int(cells[0][1:])
        byte, found = file.faults[number]
        return line - file.records_above, fault_place(place, number, byte), reason(found, title(file.encoding), remedy_of(found))
    expected = _("{count} columns as in the header", count=len(file.headers))
    why = reason(_found(kind, fault.lost), expected, _("Mend the row and send it again."))
    return line - file.records_above, _("{file}, record {record}", file=place, record=line), why


def _found(kind: str, lost: tuple[int, int] | None) -> Message:
    """What is wrong with a record that could not be split."""
    if lost and (kind == "unquoted value" or lost[0] > 0):
        return _(
            "a quotation mark that is never closed: {lines} lines below it ({size:,} bytes) were not read", lines=lost[0], size=lost[1]
        )
    if lost:
        return _("a line of {size:,} bytes, of which nothing was read", size=lost[1])
    return _(WORDS[kind]) if kind in WORDS else _("a row with {fault}", fault=kind)
