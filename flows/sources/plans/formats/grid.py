"""Table cells, some of them merged, to one line per row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce

from flows.sources.plans.formats.draft import Row, cell_line
from flows.sources.plans.formats.losses import Box

MOST_COLUMNS = 200
_COPIES_ALLOWED = 2_000_000
_SEPARATOR = " | "


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it stands in its own row: its text (None where it goes on the cell above), the columns and rows it spans.

    `score` and `box` are those of recognised text, as in Row.
    """

    text: str | None
    columns: int = 1
    rows: int = 1
    score: float | None = None
    box: Box | None = None


def lower(score: float | None, other: float | None) -> float | None:
    """The lower of two scores, of which text that was not recognised has none."""
    return min((each for each in (score, other) if each is not None), default=None)


def around(box: Box | None, other: Box | None) -> Box | None:
    """The box that holds both."""
    if box is None or other is None:
        return box or other
    return min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])


@dataclass(slots=True)
class _Open:
    """A cell that reaches into the rows below."""

    text: str
    columns: int
    rows_left: int


def lay_out(table: Iterable[list[Cell]], page: int | None = None, *, keep_empty: bool = False) -> list[Row]:
    """One row of kind "table" per table row with text of its own, its cells joined by " | " (an empty one for each other, if `keep_empty`).

    A cell merged downwards gives its text again in each row it spans (named in `Row.copied`); one merged sideways gives it once and
    then empty cells. Copies stop at two million characters a table, so that a forged span cannot fill the memory. `Row.breaks` tells where
    a cell's further paragraphs begin.
    """
    rows: list[Row] = []
    above: dict[int, _Open] = {}
    allowance = _COPIES_ALLOWED
    for cells in table:
        breaks: dict[int, tuple[int, ...]] = {}
        texts, copied, above = _fill(cells, above, allowance, breaks)
        allowance -= sum(len(texts[column]) for column in copied)
        if any(text for column, text in enumerate(texts) if column not in copied):
            filled = tuple(column for column in copied if texts[column])
            score = reduce(lower, (cell.score for cell in cells), None)
            box = reduce(around, (cell.box for cell in cells), None)
            rows.append(Row(_SEPARATOR.join(texts), "table", page, filled, tuple(_breaks(texts, breaks)), score, box))
        elif keep_empty:
            rows.append(Row("", "table", page))
    return rows


def _breaks(texts: list[str], breaks: dict[int, tuple[int, ...]]) -> Iterator[int]:
    """Where in the joined row the paragraphs begin that `breaks` has for its cells."""
    start = 0
    for column, text in enumerate(texts):
        yield from (start + at for at in breaks.get(column, ()))
        start += len(text) + len(_SEPARATOR)


def _fill(
    cells: list[Cell], above: dict[int, _Open], allowance: int, breaks: dict[int, tuple[int, ...]]
) -> tuple[list[str], list[int], dict[int, _Open]]:
    """The texts of one row, the columns that were copied into it, and the cells open to the row below. Paragraphs are put into `breaks`."""
    texts: list[str] = []
    copied: list[int] = []
    below: dict[int, _Open] = {}
    waiting = list(reversed(cells))
    last_above = max(above, default=-1)
    while len(texts) < MOST_COLUMNS and (waiting or last_above >= len(texts)):
        column = len(texts)
        hanging = above.get(column)
        goes_on = hanging and hanging.rows_left > 0
        cell = None if goes_on or not waiting else waiting.pop()
        if hanging and (goes_on or (cell and cell.text is None)):
            open_cell = _Open(hanging.text, hanging.columns, hanging.rows_left - 1)
            copied.append(column)
            text = hanging.text if len(hanging.text) <= allowance else ""
        else:
            text, breaks[column] = cell_line(((cell.text if cell else None) or "").replace("|", "｜"))
            open_cell = _Open(text, min(cell.columns if cell else 1, MOST_COLUMNS), cell.rows - 1 if cell else 0)
        below[column] = open_cell
        texts += [text] + [""] * (open_cell.columns - 1)
    return texts, copied, below
