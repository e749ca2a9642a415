"""The headers of a table and the first cells below them, for advice about a file that may not be readable as the register it should be."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.catalog import PROJECT_ROOT
from flows.sources.registers.statements import question_of
from flows.sources.tables.frames import open_frame
from flows.sources.tables.kinds import WORKBOOKS, kind_of
from flows.sources.tables.model import Sheet
from flows.sources.tables.recognise import Known
from flows.sources.tables.workbook import read_workbook
from flows.workspace.errors import UnreadableSource

ROWS = 200
TOP = 30
LONGEST_HEADER = 20


@dataclass(frozen=True)
class Sample:
    """Headers as the file has them, and the first rows below them, as texts."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    days: frozenset[str]  # those cells that are days

    def cells(self, header: str) -> list[str]:
        position = self.headers.index(header)
        return [row[position] for row in self.rows if position < len(row)]

    def is_day(self, cell: str) -> bool:
        return cell in self.days


def sample_of(place: str, path: Path, known: Known) -> Sample | None:
    """The sample of a file's first table: below the headers that the register needs, else below the row that looks most like a header; None
    where there is no table.
    """
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        connection.execute((PROJECT_ROOT / "sql" / "macros.sql").read_text("utf-8"))
        link = Path(scratch) / "source"
        link.symlink_to(path.absolute())
        try:
            headers, rows = _table(connection, place, link, Path(scratch), known)
        except (UnreadableSource, duckdb.Error):
            return None
        cells = sorted({cell for row in rows for cell in row if cell})
        found = connection.execute("select w from (select unnest($1::varchar[]) as w) where parse_date(w) is not null", [cells]).fetchall()
        return Sample(tuple(headers), tuple(rows), frozenset(word for (word,) in found))


def _table(
    connection: duckdb.DuckDBPyConnection, place: str, path: Path, scratch: Path, known: Known
) -> tuple[Sequence[str], list[tuple[str, ...]]]:
    kind, _ = kind_of(path)
    if kind in WORKBOOKS:
        sheets = [sheet for sheet in read_workbook(place, path, kind, scratch) if not sheet.is_hidden and sheet.rows]
        return _top(max(sheets, key=lambda sheet: _best(sheet, known)[0], default=Sheet("")), known)
    frame = open_frame(connection, place, path, scratch, known, _asks)
    columns = ", ".join(f"coalesce(trim({column}), '')" for column in frame.columns.values())
    rows = connection.execute(f"select {columns} from {frame.relation} limit {ROWS}").fetchall()
    return frame.headers, rows


def _asks(header: str) -> bool:
    return question_of(header) is not None


def _best(sheet: Sheet, known: Known) -> tuple[int, int, int]:
    """How good a sheet's best header row is: known headers, filled cells; and that row."""
    rows = [
        (known.count(cells), sum(0 < len(cell) <= LONGEST_HEADER for cell in cells), -row)
        for row, cells in sorted(sheet.rows.items())[:TOP]
    ]
    count, filled, row = max(rows, default=(0, 0, 0))
    return count, filled, -row


def _top(sheet: Sheet, known: Known) -> tuple[Sequence[str], list[tuple[str, ...]]]:
    _, _, at = _best(sheet, known)
    headers = sheet.rows.get(at, [])
    below = [row for row in sorted(sheet.rows) if row > at][:ROWS]
    return headers, [tuple(sheet.text(row, column) for column in range(len(headers))) for row in below]
