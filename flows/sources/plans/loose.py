"""Tables in running text whose headers have words that no list knows, but blanks part the cells and numbers run on.

Rows begin at the numbers; what stands under which column is told by their count alone, and where that does not agree only the task's
name is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise

from flows.sources.plans.columns import header_roles, is_task_table
from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.headers import table_end
from flows.sources.plans.taskgrid import TableCell, TaskGrid, cell_at

_MOST_TRIED = 20  # headers: a text that repeats header words costs no more
_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)")
_FIRST_COLUMN = re.compile(r"序号|编号|项次")
_LONGEST_HEADER = 18  # characters of one header word
_MOST_COLUMNS = 14
_LONGEST_ROW_OF_PIECES = 60


def read_loose(flow: NormalizedText, *, whole: bool = False) -> Iterator[tuple[TaskGrid, int, int]]:
    """Each such table with the stretch of the flow that it takes; only those whose rows all have a piece for each column where `whole`."""
    firsts = (one for one in _FIRST_COLUMN.finditer(flow.text) if _begins_piece(flow, one.start()) and _begins_piece(flow, one.end()))
    reached = 0
    for found in islice(firsts, _MOST_TRIED):
        if found.start() < reached:
            continue
        pieces = _pieces(flow, found.start(), table_end(flow.text, found.end()))
        first = [*islice(pieces, _MOST_COLUMNS)]
        headers = _header([flow.text[a:b] for a, b in first])
        roles = header_roles(headers) if len(headers) > 2 else None  # noqa: PLR2004 -- two words are no header
        if roles is None or not is_task_table(roles):
            continue
        grid, end = _rows(flow, TaskGrid(roles, headers, rule="glued_cells", carries=False), chain(first[len(headers) :], pieces))
        if len(grid.rows) > 1 and (not whole or all(all(row) for row in grid.rows)):
            yield grid, found.start(), end
            reached = end


def _begins_piece(flow: NormalizedText, at: int) -> bool:
    return at in {0, len(flow.text)} or flow.text[at - 1] == "\n" or flow.is_gap(at)


def _pieces(flow: NormalizedText, start: int, limit: int) -> Iterator[tuple[int, int]]:
    """What stands between printed blanks and line ends."""
    inner = (at for at in range(start + 1, limit) if flow.text[at - 1] == "\n" or flow.is_gap(at))
    for left, right in pairwise(chain((start,), inner, (limit,))):
        end = right - (flow.text[right - 1] == "\n")
        if end > left:
            yield left, end


def _header(words: Sequence[str]) -> list[str]:
    """The words up to the first number or section; none where one of them is too long to head a column."""
    end = next((at for at, word in enumerate(words) if word.isdecimal() or _SECTION.match(word)), 0)
    return [*words[:end]] if all(len(word) <= _LONGEST_HEADER for word in words[:end]) else []


def _rows(flow: NormalizedText, grid: TaskGrid, pieces: Iterable[tuple[int, int]]) -> tuple[TaskGrid, int]:
    """Rows begin at 1, 2, 3, … standing alone; a section's heading ends the row before it."""
    end = 0
    row: list[tuple[int, int]] = []
    due: int | None = None
    for piece in chain(pieces, (None,)):
        if len(row) > _LONGEST_ROW_OF_PIECES:
            break
        word = flow.text[slice(*piece)] if piece else ""
        begins = word.isdecimal() and len(word) < 4 and (int(word) == due if due is not None else int(word) <= 2)  # noqa: PLR2004 -- a table begins with 1, an extract perhaps with 2
        if row and (piece is None or begins or _SECTION.match(word)):
            grid.rows.append(_row(flow, grid, row))
            end, row = row[min(len(row), len(grid.roles)) - 1][1], []
        if piece and begins:
            row, due = [piece], int(word) + 1
        elif piece and row:
            row.append(piece)
    return grid, end


def _row(flow: NormalizedText, grid: TaskGrid, pieces: list[tuple[int, int]]) -> list[TableCell | None]:
    """The cells by place where there are as many as columns; else the number and the first words, which name the task."""
    cells = [cell_at(flow, *piece) for piece in pieces]
    if len(cells) == len(grid.roles):
        return cells
    row: list[TableCell | None] = [None] * len(grid.roles)
    row[0] = cells[0]
    if len(cells) > 1:
        row[next(column for column, role in enumerate(grid.roles) if role in {"task", "head", "detail"})] = cells[1]
    return row
