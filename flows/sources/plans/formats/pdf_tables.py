"""Ruled tables of a PDF page: from the lines to a grid, from the grid to cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from flows.sources.plans.formats.draft import PARAGRAPH
from flows.sources.plans.formats.grid import Cell
from flows.sources.plans.formats.losses import Box
from flows.sources.plans.formats.pdf_columns import bands_of
from flows.sources.plans.formats.pdf_glyphs import Glyph
from flows.sources.plans.formats.pdf_page import Edge, Page

_SNAP = 2.5
_GAP = 3.5
_MOST_PAIRS = 1_000_000
_MOST_COLUMNS = 60
_MOST_ROWS = 400
_OPEN_SIDE = 12.0
_WORD_GAP = 0.6
_ROOM = 3.5  # sizes: so much room at the end of a line (the cell's margins among it) was not left by a wrap
_SHORT = 0.25  # of the cell's width
_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[①-⑳]")


@dataclass(slots=True)
class Table:
    """A grid with, for each of its smallest boxes (row, column), the box at which the cell that holds it begins."""

    xs: list[float]
    ys: list[float]
    owner: dict[tuple[int, int], tuple[int, int]]
    glyphs: dict[tuple[int, int], list[Glyph]]

    def holds(self, glyph: Glyph) -> bool:
        """Take `glyph` into the cell where its middle is; False if that is outside the table."""
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.baseline - 0.3 * glyph.size
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[0] <= y < self.ys[-1]):
            return False
        box = (bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1)
        self.glyphs[self.owner[box]].append(glyph)
        return True

    def first_index(self) -> int:
        """Where in the drawing order the table's text begins."""
        return min(glyphs[0].index for glyphs in self.glyphs.values())

    def rows(self) -> list[list[Cell]]:
        """Cells with the rows and columns they span, as in HTML: each only in the row where it begins."""
        spans: dict[tuple[int, int], list[int]] = {}
        for (row, column), start in self.owner.items():
            most = spans.setdefault(start, [1, 1])
            most[0], most[1] = max(most[0], row - start[0] + 1), max(most[1], column - start[1] + 1)
        rows: list[list[Cell]] = [[] for _ in range(len(self.ys) - 1)]
        for start in sorted(spans):
            high, wide = spans[start]
            glyphs = self.glyphs.get(start, [])
            text = cell_text(glyphs, self.xs[start[1] + wide] - self.xs[start[1]])
            rows[start[0]].append(Cell(text, wide, high, *seen(glyphs)))
        return rows


def cell_text(glyphs: list[Glyph], width: float) -> str:
    """The lines of a cell of that width. One that ends long before the cell does ends a paragraph; all others were wrapped."""
    text, last = "", None
    for line in glyph_lines(_in_order(glyphs)):
        if last is not None:
            room = width - (last[-1].x1 - last[0].x0)
            is_ended = room > max(_ROOM * last[-1].size, _SHORT * width) and line[0].x0 < last[-1].x1
            text += PARAGRAPH if is_ended and line[0].is_upright else "\n"
        text += _line_text(line)
        last = line
    return text


def seen(glyphs: list[Glyph]) -> tuple[float | None, Box | None]:
    """The lowest score of recognised characters and their box; None and None where none is recognised."""
    score = min((glyph.score for glyph in glyphs if glyph.score is not None), default=None)
    if score is None:
        return None, None
    tops, bottoms = [glyph.baseline - glyph.size for glyph in glyphs], [glyph.baseline for glyph in glyphs]
    return score, (min(glyph.x0 for glyph in glyphs), min(tops), max(glyph.x1 for glyph in glyphs), max(bottoms))


def _in_order(glyphs: list[Glyph]) -> list[Glyph]:
    """The characters of a cell as drawn; from top left to bottom right where the hand jumps back, as it does for what was recognised later."""
    jumps = any(
        after.baseline < before.baseline - 0.5 * after.size
        or (after.x0 < before.x0 - after.size and after.baseline < before.baseline + 0.5 * after.size)
        for before, after in pairwise(glyphs)
    )
    if not jumps or not all(glyph.is_upright for glyph in glyphs):
        return glyphs
    return [glyph for band in bands_of(glyphs) for fragment in band.fragments for glyph in fragment.glyphs]


def cell_lines(glyphs: list[Glyph]) -> list[str]:
    """Text lines from characters in drawing order."""
    return [_line_text(line) for line in glyph_lines(glyphs)]


def glyph_lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Characters in drawing order: a new line where the baseline moves or the hand goes back."""
    lines: list[list[Glyph]] = []
    for glyph in glyphs:
        last = lines[-1][-1] if lines else None
        if last is None or abs(glyph.baseline - last.baseline) > 0.5 * glyph.size or glyph.x0 < last.x0 - glyph.size:
            lines.append([])
        lines[-1].append(glyph)
    return lines


def _line_text(line: list[Glyph]) -> str:
    """A wide gap is a space, but not the one that a list number's tab stop makes."""
    text = ""
    for before, glyph in zip([line[0], *line], line, strict=False):
        if glyph.x0 - before.x1 > _WORD_GAP * glyph.size and not _NUMBER.fullmatch(text[:8]):
            text += " "
        text += glyph.text
    return text


def find_tables(page: Page) -> list[Table]:
    """All grids of two columns and more; simple frames and underlines are no tables."""
    upright = _joined([edge for edge in page.edges if edge.is_upright])
    level = _joined([edge for edge in page.edges if not edge.is_upright])
    if len(upright) * len(level) > _MOST_PAIRS:
        return []
    found = (_table(verticals, horizontals) for verticals, horizontals in _connected(upright, level))
    return [table for table in found if table is not None]


def _joined(edges: list[Edge]) -> list[Edge]:
    """Edges on (nearly) the same line made one where they touch."""
    lines: dict[float, list[Edge]] = defaultdict(list)
    snapped = _snap([edge.at for edge in edges])
    for edge in edges:
        lines[snapped[edge.at]].append(edge)
    joined: list[Edge] = []
    for at, group in lines.items():
        start, end = None, 0.0
        for edge in sorted(group, key=lambda each: each.start):
            if start is not None and edge.start > end + _GAP:
                joined.append(Edge(edge.is_upright, at, start, end))
                start = None
            start, end = (edge.start, edge.end) if start is None else (start, max(end, edge.end))
        if start is not None:
            joined.append(Edge(group[0].is_upright, at, start, end))
    return joined


def _snap(places: list[float]) -> dict[float, float]:
    """Each place to the first of the row of places that lie close together."""
    snapped: dict[float, float] = {}
    first = last = float("-inf")
    for place in sorted(set(places)):
        first = place if place - last > _SNAP or place - first > 2 * _SNAP else first
        snapped[place] = first
        last = place
    return snapped


def _connected(upright: list[Edge], level: list[Edge]) -> list[tuple[list[Edge], list[Edge]]]:
    """Groups of lines that cross or touch each other."""
    parent = list(range(len(upright) + len(level)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, v in enumerate(upright):
        for j, h in enumerate(level):
            if v.start - _GAP <= h.at <= v.end + _GAP and h.start - _GAP <= v.at <= h.end + _GAP:
                parent[root(i)] = root(len(upright) + j)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for index, edge in enumerate([*upright, *level]):
        groups.setdefault(root(index), ([], []))[0 if edge.is_upright else 1].append(edge)
    return list(groups.values())


def _table(verticals: list[Edge], horizontals: list[Edge]) -> Table | None:
    xs, ys = sorted({edge.at for edge in verticals}), sorted({edge.at for edge in horizontals})
    if horizontals and xs:
        left, right = min(edge.start for edge in horizontals), max(edge.end for edge in horizontals)
        xs = [left] * (xs[0] - left > _OPEN_SIDE) + xs + [right] * (right - xs[-1] > _OPEN_SIDE)
    if not (2 < len(xs) <= _MOST_COLUMNS + 1 and 1 < len(ys) <= _MOST_ROWS + 1):  # noqa: PLR2004 - two columns and a row
        return None
    owner = _owners(xs, ys, _by_place(verticals), _by_place(horizontals))
    return Table(xs, ys, owner, defaultdict(list)) if len(set(owner.values())) > 1 else None


def _by_place(edges: list[Edge]) -> dict[float, list[Edge]]:
    places: dict[float, list[Edge]] = defaultdict(list)
    for edge in edges:
        places[edge.at].append(edge)
    return places


def _owners(
    xs: list[float], ys: list[float], upright: dict[float, list[Edge]], level: dict[float, list[Edge]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Boxes without a line between them are one cell: first to the right, then downwards in its full width."""

    def is_ruled(edges: list[Edge], start: float, end: float) -> bool:
        middle = (start + end) / 2
        return any(edge.start <= middle <= edge.end for edge in edges)

    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) in owner:
                continue
            wide, high = 1, 1
            while (
                column + wide < len(xs) - 1
                and not is_ruled(upright.get(xs[column + wide], []), ys[row], ys[row + 1])
                and (row, column + wide) not in owner
            ):
                wide += 1
            while row + high < len(ys) - 1 and not any(
                is_ruled(level.get(ys[row + high], []), xs[each], xs[each + 1]) or (row + high, each) in owner
                for each in range(column, column + wide)
            ):
                high += 1
            owner |= {(row + down, column + right): (row, column) for down in range(high) for right in range(wide)}
    return owner
