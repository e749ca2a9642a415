"""Lines of a column given to the rows beside whose anchors they are set: the cheapest way, by dynamic programming."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from flows.sources.plans.formats.pdf_glyphs import Glyph

APART = 1.12  # times the usual distance of lines: what is farther begins another cell
_MERGED = 0.01  # of the squared line distance: what each further row of a merged cell costs
_EMPTY = 0.02  # of the squared line distance: what a row without a cell costs, so that no cell swallows those below it
_AWAY = 0.45  # of the line distance: how far one cell may stand from its anchor
_MOST_MERGED = 8  # rows of one cell
_SPARSE = 0.4  # of the rows: a column of a few remarks has no merged cells
_LONGEST_CELL = 40
FAR = 1e9
_HIGHEST = 15  # lines of a cell above the middle of its row: a line left behind farther up fits nowhere


@dataclass(frozen=True, slots=True)
class CellLine:
    """A line of one cell."""

    text: str
    y: float
    glyphs: list[Glyph]


@dataclass(frozen=True, slots=True)
class CellGroup:
    """The lines of one cell and the rows that it stands in."""

    first: int
    last: int
    lines: list[CellLine]


def with_merged(
    columns: list[list[CellLine]], anchors: Sequence[float], leading: float, found: list[tuple[float, list[CellGroup]]]
) -> list[tuple[float, list[CellGroup]]]:
    """Columns that do not fill every row tried again with cells that stand in the middle of several rows, as high as the full ones make them."""
    full = [groups for cost, groups in found if cost < FAR and len(groups) == len(anchors)]
    if not full or len(full) == len(found):
        return found
    tops = [min(groups[row].lines[0].y for groups in full) for row in range(len(anchors))]
    bottoms = [max(groups[row].lines[-1].y for groups in full) for row in range(len(anchors))]
    edges = [(bottom + top) / 2 for bottom, top in zip(bottoms, tops[1:], strict=False)]
    half = median([top - edge for top, edge in zip(tops[1:], edges, strict=True)] or [leading])
    edges = [tops[0] - half, *edges, bottoms[-1] + half]
    return [
        each if len(each[1]) == len(anchors) or len(lines) < _SPARSE * len(anchors) else assigned(lines, anchors, "middle", leading, edges)
        for lines, each in zip(columns, found, strict=True)
    ]


def assigned(
    lines: Sequence[CellLine], anchors: Sequence[float], setting: str, leading: float, edges: Sequence[float] = ()
) -> tuple[float, list[CellGroup]]:
    """The cheapest way to give each line, in order, to a row: (cost, the cells). With the rows' `edges` cells of several rows too."""
    count = len(lines)
    best = [[FAR] * (count + 1) for _ in range(len(anchors) + 1)]  # best[r][n]: the first n lines given to the first r rows
    came: dict[tuple[int, int], tuple[int, int]] = {}
    best[0][0] = 0.0
    for row, begin in ((row, begin) for row in range(len(anchors)) for begin in range(count + 1)):
        so_far = best[row][begin]
        if so_far >= FAR or (begin < count and lines[begin].y < anchors[row] - _HIGHEST * leading):
            continue
        if so_far + _EMPTY * leading**2 < best[row + 1][begin]:
            best[row + 1][begin], came[row + 1, begin] = so_far + _EMPTY * leading**2, (row, begin)
        for end, last, cost in _choices(lines, anchors, setting, leading, row, begin, edges):
            if so_far + cost < best[last + 1][end]:
                best[last + 1][end], came[last + 1, end] = so_far + cost, (row, begin)
    return best[-1][count], _groups(lines, came, (len(anchors), count))


def _choices(
    lines: Sequence[CellLine], anchors: Sequence[float], setting: str, leading: float, row: int, begin: int, edges: Sequence[float]
) -> Iterator[tuple[int, int, float]]:
    """(end, last row, cost) of each cell that may begin in `row` with the line `begin`; only those that stand where they should."""
    lasts = range(row, min(row + (_MOST_MERGED if edges else 1), len(anchors)))
    centres = [anchors[row], *((edges[row] + edges[last + 1]) / 2 for last in lasts[1:])]
    loose = 0.0
    for end in range(begin + 1, min(len(lines), begin + _LONGEST_CELL) + 1):
        step = lines[end - 1].y - lines[end - 2].y if end - begin > 1 else leading
        loose += (step - leading) ** 2 if step > APART * leading else 0.0
        middle = _distance(lines[begin:end], 0.0, setting)
        if loose > leading**2 or middle - centres[-1] > _AWAY * leading:
            return
        for last, centre in zip(lasts, centres, strict=True):
            if abs(middle - centre) <= _AWAY * leading:
                yield end, last, loose + _MERGED * (last - row) * leading**2 + (middle - centre) ** 2


def _groups(lines: Sequence[CellLine], came: dict[tuple[int, int], tuple[int, int]], at: tuple[int, int]) -> list[CellGroup]:
    """The cells on the cheapest way, walked back from its end; none where there is no way."""
    groups: list[CellGroup] = []
    while at in came:
        before = came[at]
        if before[1] < at[1]:
            groups.append(CellGroup(before[0], at[0] - 1, list(lines[before[1] : at[1]])))
        at = before
    return groups[::-1]


def _distance(lines: Sequence[CellLine], anchor: float, setting: str) -> float:
    if setting == "top":
        return lines[0].y - anchor
    return (lines[-1].y if setting == "bottom" else (lines[0].y + lines[-1].y) / 2) - anchor
