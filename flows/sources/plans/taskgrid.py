"""A table as rows of cells under columns with known roles, and the rule that tells which cell belongs to which column.

Position tells it where a row is whole; where a cell is missing (merged, empty, cut) or was wrapped, the words in the cells do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from flows.sources.plans.columns import cell_fits
from flows.sources.plans.fold import NormalizedText

_LOOKED_AT = 12  # rows
_MOST_SPANNED = 4  # columns under one header


class TableCell(NamedTuple):
    """One cell: its printed spans, its words folded and squeezed. `copied` where it repeats a merged cell above."""

    spans: tuple[tuple[int, int], ...]
    text: str
    copied: bool = False
    parts: tuple[TableCell, ...] = ()  # what it was put together from, where blank lines or bars stood between
    at: tuple[int, int] | None = None  # its place in the flow, where it was cut out of running text

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


@dataclass(slots=True)
class TaskGrid:
    """`rows[i][j]` is the cell of row i under `roles[j]`, None where the row has none of its own."""

    roles: list[str | None]
    headers: list[str]
    rows: list[list[TableCell | None]] = field(default_factory=list)
    sections: dict[int, TableCell] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)
    rule: str = "cells"  # how its cells were told apart, see confidence.csv
    carries: bool = True  # a cell that a row does not print is the one above it, merged


def align(roles: Sequence[str | None], cells: Sequence[TableCell]) -> list[TableCell | None]:
    """The cells under their columns: by position, or in order with gaps where the words then suit the columns better."""
    absent = TableCell(((cells[-1].end, cells[-1].end),), "")  # a row that ends early was cut, its last cells are not merged ones
    by_place: list[TableCell | None] = [cells[column] if column < len(cells) else absent for column in range(len(roles))]
    filled = [cell for cell in cells if cell.text]
    if len(cells) > len(roles) and len(filled) >= len(roles):  # a cell too many: one column's words were parted, or one cell is empty
        return max(([*filled[: len(roles)]], fill(roles, [*cells])), key=lambda row: fit(roles, row))
    if len(filled) == len(roles) or len(filled) < 2:  # noqa: PLR2004 -- nothing to move
        return by_place if len(cells) <= len(roles) or len(filled) != len(roles) else list(filled)
    in_order = fill(roles, filled)
    return in_order if fit(roles, in_order) > fit(roles, by_place) + 0.3 else by_place


def widened(roles: list[str | None], headers: Sequence[str], rows: Sequence[Sequence[TableCell]]) -> list[str | None]:
    """The roles where a header spans several columns (工作任务 above aims, items and numbers): the widest rows show where each belongs."""
    known = [role for role, header in zip(roles, headers, strict=True) if header]
    most = max((len(row) for row in rows), default=0)
    widest = [row for row in rows if len(row) == most][:_LOOKED_AT]
    if most <= len(known) or most > len(known) + _MOST_SPANNED:
        return roles
    worth = [[sum(cell_fits(role, row[column].text) for row in widest) for column in range(most)] for role in known]
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}  # how many columns are used up → worth, places of the roles so far
    for scores in worth:
        reached: dict[int, tuple[float, tuple[int, ...]]] = {}
        for used, (value, places) in best.items():
            for column in range(used, most):
                if column + 1 not in reached or value + scores[column] > reached[column + 1][0]:
                    reached[column + 1] = (value + scores[column], (*places, column))
        best = reached
    placed = dict(zip(max(best.values(), key=lambda state: state[0])[1], known, strict=True))
    if "number" in known:
        spare: list[str | None] = ["head"] * most
    else:
        spare = ["number" if all(cell_fits("number", row[column].text) for row in widest) else "head" for column in range(most)]
    first_unit = min((column for column, role in placed.items() if role in {"lead", "responsible", "deadline"}), default=most)
    return [placed.get(column, spare[column] if column < first_unit else None) for column in range(most)]


def fit(roles: Sequence[str | None], cells: Sequence[TableCell | None]) -> float:
    return sum(cell_fits(role, cell.text) for role, cell in zip(roles, cells, strict=True) if cell is not None and cell.text)


MOST_PIECES = 40  # lines that the cells of one row may be wrapped into
_LONGEST_CELL = 1500


def fill(roles: Sequence[str | None], cells: Sequence[TableCell]) -> list[TableCell | None]:
    """Cells of one row under the columns after its number: one to one, or in order where they fit best, with gaps or with wrapped cells joined.

    Of two ways to leave gaps that are alike the one that leaves the earlier columns free counts (a merged cell above).
    """
    if len(cells) == len(roles):
        return list(cells)
    cells = cells[:MOST_PIECES]
    wraps = len(cells) > len(roles)
    best: dict[tuple[int, int], tuple[float, list[TableCell | None]]] = {(0, 0): (0.0, [])}  # columns and cells used → fit, cells placed
    for column, role in enumerate(roles):
        for used in range(len(cells) + 1):
            score, placed = best.get((column, used), (None, []))
            if score is None:
                continue
            for take in range(wraps, (len(cells) - used if wraps else min(1, len(cells) - used)) + 1):
                merged = joined(cells[used : used + take]) if take else None
                if wraps and merged and len(merged.text) > _LONGEST_CELL:
                    break
                value = score + (cell_fits(role, merged.text) if merged else 0.001 * (len(roles) - column))
                if value > best.get((column + 1, used + take), (-1.0, []))[0]:
                    best[column + 1, used + take] = (value, [*placed, merged])
    return best.get((len(roles), len(cells)), (0.0, list(cells[: len(roles)]) if wraps else [None] * len(roles)))[1]


def joined(cells: Sequence[TableCell]) -> TableCell:
    if len(cells) == 1:
        return cells[0]
    return TableCell(tuple(span for cell in cells for span in cell.spans), "".join(cell.text for cell in cells), parts=tuple(cells))


def _printed(flow: NormalizedText, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where text[start:end] was printed, without what repairs take out between its words (a page mark)."""
    first, last = flow.span(start, end)
    index = bisect_right(flow.starts, start) - 1
    while index + 1 < len(flow.starts) and flow.starts[index + 1] < end:
        reached, following = flow.sources[index] + flow.starts[index + 1] - flow.starts[index], flow.sources[index + 1]
        if first < reached < following and flow.printed[reached:following].strip():
            yield first, reached
            first = following
        index += 1
    yield first, last


def cell_at(flow: NormalizedText, start: int, end: int) -> TableCell | None:
    """text[start:end] of a flow as a cell, without the line ends and bars around it; None where nothing is left."""
    while start < end and flow.text[start] in "\n|":
        start += 1
    while end > start and flow.text[end - 1] in "\n|":
        end -= 1
    if start >= end:
        return None
    return TableCell(tuple(_printed(flow, start, end)), flow.text[start:end].replace("\n", ""), at=(start, end))
