"""One table model for every format that keeps cells: what stands in a cell, how it is printed, and where a person finds it.

A sheet keeps its texts row by row, and only of cells that are more than a text (an error, a formula without a value, a number
that has lost digits) a mark beside them; `Sheet.cell` puts both together. Rows and columns are counted from 0 here and from 1 in
every place that a person reads: row 16, column 5 is cell F17.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["empty", "text", "error", "formula", "lost_digits", "garbled", "mended", "across"]
Span = tuple[int, int, int, int]  # first row, first column, last row, last column, all included
Row = list[str]

UNREADABLE: tuple[Kind, ...] = ("error", "formula", "lost_digits", "garbled")
WIDEST = 1024  # columns that a table may have; a cell further right is a stray one


@dataclass(frozen=True)
class Cell:
    """One cell: `value` is its text in plain form (dates in ISO form, whole numbers without a point), empty for an empty cell and
    for one that cannot be read; `printed` what the sheet shows, or holds where it shows nothing that can be read.
    """

    row: int
    column: int
    value: str
    printed: str
    kind: Kind = "text"
    merged_from: tuple[int, int] | None = None  # the first cell of the range that it is merged into
    is_hidden: bool = False

    @property
    def is_unreadable(self) -> bool:
        """Whether something stands here that cannot be taken for a value."""
        return self.kind in UNREADABLE

    @property
    def place(self) -> str:
        return place_of(self.row, self.column)


@dataclass
class Sheet:
    """A sheet as its file has it; rows may be shorter than others."""

    name: str
    rows: dict[int, Row] = field(default_factory=dict)
    marks: dict[tuple[int, int], tuple[Kind, str]] = field(default_factory=dict)  # kind, and what stands in the cell
    merged: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_hidden: bool = False
    stray_cells: int = 0  # filled cells beyond the widest table
    counts_from_1904: bool = False  # numbers that are days count from 1904-01-01
    titles: list[str] = field(default_factory=list)  # what stands over the sheet outside its cells: caption, headings of a page
    _spans: dict[int, list[Span]] = field(default_factory=dict, repr=False, compare=False)

    def spans_at(self, row: int) -> list[Span]:
        """The merged ranges that cover a row; they are not to change after the first is asked for."""
        if row not in self._spans:
            self._spans[row] = [span for span in self.merged if span[0] <= row <= span[2]]
        return self._spans[row]

    def text(self, row: int, column: int) -> str:
        """The text of a cell, empty where nothing that can be read stands."""
        cells = self.rows.get(row, ())
        return cells[column] if column < len(cells) else ""

    def cell(self, row: int, column: int) -> Cell:
        text = self.text(row, column)
        kind, printed = self.marks.get((row, column), ("text" if text else "empty", text))
        first = next(((r, c) for r, c, last_r, last_c in self.merged if r <= row <= last_r and c <= column <= last_c), None)
        hidden = self.is_hidden or row in self.hidden_rows or column in self.hidden_columns
        return Cell(row, column, text, printed, kind, first if first != (row, column) else None, hidden)

    def is_filled(self, row: int, columns: Iterable[int]) -> bool:
        return any(self.text(row, column) or (row, column) in self.marks for column in columns)

    @property
    def height(self) -> int:
        return max(max(self.rows, default=-1), max((row for row, _ in self.marks), default=-1)) + 1

    @property
    def width(self) -> int:
        return max(max(map(len, self.rows.values()), default=0), max((column + 1 for _, column in self.marks), default=0))

    def merged_columns(self) -> Iterator[Span]:
        """Ranges that reach over several rows."""
        return (span for span in self.merged if span[2] > span[0])


def column_letters(column: int) -> str:
    """The name of a column as spreadsheets count: 0 is A, 25 Z, 26 AA."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def place_of(row: int, column: int) -> str:
    """The name of a cell: row 16, column 5 is F17."""
    return f"{column_letters(column)}{row + 1}"


def put(rows: dict[int, Row], row: int, column: int, text: str) -> None:
    """Write a text into a sparse sheet."""
    cells = rows.setdefault(row, [])
    if len(cells) <= column:
        cells.extend([""] * (column + 1 - len(cells)))
    cells[column] = text
