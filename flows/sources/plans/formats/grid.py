"""Table cells, some of them merged, to one line per row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.sources.plans.formats.draft import Row, one_cell

MOST_COLUMNS = 200
_COPIES_ALLOWED = 2_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it stands in its own row: its text (None where it goes on the cell above), the columns and rows it spans."""

    text: str | None
    columns: int = 1
    rows: int = 1


@dataclass(slots=True)
class _Open:
    """A cell that reaches into the rows below."""

    text: str
    columns: int
    rows_left: int


def lay_out(table: Iterable[list[Cell]], page: int | None = None, *, keep_empty: bool = False) -> list[Row]:
    """One row of kind "table" per table row with text of its own, its cells joined by " | " (an empty one for each other, if `keep_empty`).

    A cell merged downwards gives its text again in each row it spans (named in `Row.copied`); one merged sideways gives it once and
    then empty cells. Copies stop at two million characters a table, so that a forged span cannot fill the memory.
    """
    rows: list[Row] = []
    above: dict[int, _Open] = {}
    allowance = _COPIES_ALLOWED
    for cells in table:
        texts, copied, above = _fill(cells, above, allowance)
        allowance -= sum(len(texts[column]) for column in copied)
        if any(text for column, text in enumerate(texts) if column not in copied):
            rows.append(Row(" | ".join(texts), "table", page, tuple(column for column in copied if texts[column])))
        elif keep_empty:
            rows.append(Row("", "table", page))
    return rows


def _fill(cells: list[Cell], above: dict[int, _Open], allowance: int) -> tuple[list[str], list[int], dict[int, _Open]]:
    """The texts of one row, the columns that were copied into it, and the cells open to the row below."""
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
            text = one_cell((cell.text if cell else None) or "").replace("|", "｜")
            open_cell = _Open(text, min(cell.columns if cell else 1, MOST_COLUMNS), cell.rows - 1 if cell else 0)
        below[column] = open_cell
        texts += [text] + [""] * (open_cell.columns - 1)
    return texts, copied, below
