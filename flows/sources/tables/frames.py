"""Opens a tabular file by what its bytes are: delimited text, workbooks, JSON and Parquet, each as a frame (flows/sources/tables/frame.py).

Plain tables stay on disk and in DuckDB; only of workbooks is every cell looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from exports.messages import Message, _, listed, reason
from exports.sql_text import quoted
from flows.sources.public_paths import public_names
from flows.sources.tables.delimited import look_at
from flows.sources.tables.encodings import REEXPORT
from flows.sources.tables.frame import Frame, Reject
from flows.sources.tables.frame_of_json import json_frame, plain_json
from flows.sources.tables.frame_of_parquet import parquet_frame
from flows.sources.tables.frame_of_text import delimited_frame
from flows.sources.tables.garbled import SOURCE
from flows.sources.tables.grids import CELLS, read_grid
from flows.sources.tables.kinds import WORKBOOKS, Kind, kind_of
from flows.sources.tables.notes import Note
from flows.sources.tables.office import converted
from flows.sources.tables.recognise import Known, NoSuchHeaders, listed_headers
from flows.sources.tables.workbook import read_workbook
from flows.workspace.errors import UnreadableSource

EXPECTED = ".csv .tsv .xlsx .xls .ods .et .html .json .ndjson .parquet"


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
        raise UnreadableSource(place, _("an empty file"), _("a table with a header"), _("Send the file again."))
    kind, what = kind_of(path)
    if kind == "unknown":
        raise UnreadableSource(place, _(what), _("a table, one of {kinds}", kinds=EXPECTED), _("Save it as one of these."))
    if kind == "office":
        path, kind = converted(place, path, what, scratch)
    if kind in WORKBOOKS:
        return _workbook(connection, place, path, kind, scratch, known, asks, heard)
    if kind == "parquet":
        return parquet_frame(connection, place, path)
    if kind in {"json", "ndjson"}:
        return json_frame(connection, place, plain_json(place, path, scratch), scratch, is_lines=kind == "ndjson")
    return delimited_frame(connection, place, look_at(place, path, scratch, known, asks), known)


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
    shown = public_names([sheet.name for sheet in sheets])
    hidden = [Note("private_sheet_name", f"工作表 {name}", name) for sheet, name in zip(sheets, shown, strict=True) if sheet.name != name]
    sheets = [replace(sheet, name=name) for sheet, name in zip(sheets, shown, strict=True)]
    grid = read_grid(sheets, known, asks, heard)
    if grid is None:
        if any(kind == "garbled" for sheet in sheets for kind, _text in sheet.marks.values()):
            raise UnreadableSource(place, _(SOURCE), _("text in one encoding"), _(REEXPORT))
        raise NoSuchHeaders(
            place,
            _seen(sheets, known),
            _("a row with headers for {columns}", columns=listed_headers(c for c in known.register.columns if c.name in known.required)),
            _("Add the headers, or map them under `columns`: gongkai doctor proposes it."),
        )
    connection.register("workbook", grid.table)
    rejects: list[Reject] = [(None, _("{file}, sheet {sheet}", file=place, sheet=name), _without_headers()) for name in grid.unknown_sheets]
    columns = {header: quoted(CELLS + header) for header in grid.headers}
    return Frame(columns, "workbook", "source_sheet", lambda: rejects, names=grid.names, notes=[*hidden, *grid.notes], over=grid.over)


def _without_headers() -> Message:
    return reason(_("no row with the register's headers"), _("a header row"), _("Add a header row or remove the sheet."))


def _seen(sheets: Sequence[Any], known: Known) -> Message:
    """That no header row is there, with the known headers of the row that has most of them: words of the register, none of the file."""
    rows = [cells for sheet in sheets if not sheet.is_hidden for _row, cells in sorted(sheet.rows.items())[:30]]
    best: list[str] = max(rows, key=known.count, default=[])
    found = [cell for cell in best if cell and known.column(cell)]
    if found:
        return _("no header row in {count} sheets (only {headers})", count=len(sheets), headers=listed(found))
    return _("no header row in {count} sheets", count=len(sheets))
