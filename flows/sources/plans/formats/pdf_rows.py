"""Rows of a table whose columns are known: lines go to the row whose anchor (its running number, or its fullest line) they are set to.

A page sets all cells of a table to one height: the first, the middle or the last line of each cell stands beside the anchor. Which of the
three is found by trying: the wrong ones leave lines over. Where none fits, the rows are not certain and nothing is read.
"""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

from flows.sources.plans.formats.grid import Cell, around, lower
from flows.sources.plans.formats.pdf_cells import APART, CellGroup, CellLine, assigned, with_merged
from flows.sources.plans.formats.pdf_columns import HEADER, Band, Fragment, Region, number_column, value_of
from flows.sources.plans.formats.pdf_tables import seen

_FITS = 0.12  # of the squared line distance: how far cells may stand from their anchors on average
_CLOSE = 0.3  # of the line distance
_LEAST_HEADING = 4
_MOSTLY = 0.6  # of the rows: a column filled so far prints a name once for several rows where it leaves one empty
_FULL = 0.7  # of the columns
_MOST = 4000  # lines times anchors
_TORN = re.compile(r"^[、，。；：）)，,]|[、，（(,]$")


def rows_of(region: Region) -> list[list[Cell]] | None:
    """The rows of a table, its header first; None where nothing tells them apart."""
    numbers = number_column(region, least=1)
    strips = _strips(region)
    if numbers is None and len(strips) > _rows_expected(strips, region):
        return _joined([_one_row(region, strip) for strip in strips], strips, region)
    found: list[list[list[Cell]]] = []
    for index, strip in enumerate(strips):
        rows = _strip_rows(region, strip, numbers, is_first=not index)
        if rows is None and region.goes_on and not any(found):
            rows = _with_rest(region, strip, numbers)
        if rows is None:
            return None
        found.append(rows)
    return _joined(found, strips, region)


def _joined(found: list[list[list[Cell]]], strips: list[list[Band]], region: Region) -> list[list[Cell]]:
    """The rows of all strips. Where the rule between two leaves a column out, their cells in it are one, whichever of them its text stands in."""
    rows: list[list[Cell]] = []
    for strip, own in zip(strips, found, strict=True):
        cut = max((at for at in region.cuts if at <= strip[0].baseline), default=None)
        both = cut is not None and bool(rows and own) and len(own[0]) == len(rows[-1]) == len(region.columns)
        for column in range(len(region.columns)) if both else ():
            if cut is not None and not region.is_ruled(cut, column):
                _merge_down(rows, own[0], column)
        rows += own
    return rows


def _merge_down(rows: list[list[Cell]], below: list[Cell], column: int) -> None:
    """Make the cell of a row go on the one above, which takes its text."""
    top = next((row for row in reversed(rows) if len(row) > column and row[column].text is not None), None)
    if top is None:
        return
    upper, lower_cell = top[column], below[column]
    text = "\n".join(filter(None, (upper.text, lower_cell.text)))
    top[column] = Cell(text, score=lower(upper.score, lower_cell.score), box=around(upper.box, lower_cell.box))
    below[column] = Cell(None)


def _rows_expected(strips: list[list[Band]], region: Region) -> int:
    """More strips than this are the rows themselves: a table with a rule under its header only has two or three."""
    return 3 if region.has_rules and len(strips) > 1 else len(strips)


def _strips(region: Region) -> list[list[Band]]:
    """The lines between two rules."""
    strips: list[list[Band]] = [[]]
    cuts = list(region.cuts)
    for band in region.bands:
        while cuts and band.baseline - 0.3 * band.size > cuts[0]:
            cuts.pop(0)
            strips.append([])
        strips[-1].append(band)
    return [strip for strip in strips if strip]


def _strip_rows(region: Region, strip: list[Band], numbers: int | None, *, is_first: bool) -> list[list[Cell]] | None:
    anchors = _anchors(region, strip, numbers)
    if anchors is None:
        return None
    if numbers is not None and len(anchors) < 2 and not (is_first and anchors):  # noqa: PLR2004 - a row of its own
        return _one_row(region, strip)
    if numbers is None:
        return _by_anchors(region, strip, anchors, numbers) if len(anchors) > 1 else _one_row(region, strip)
    head = _head_band(region, strip, anchors[0]) if is_first else None
    if head is None or not _says_head(head):
        found = _by_anchors(region, strip, anchors, numbers)
        if found or head is None:
            return found
    return _by_anchors(region, strip, [head.baseline, *anchors], numbers)


def _with_rest(region: Region, strip: list[Band], numbers: int | None) -> list[list[Cell]] | None:
    """The rows of a strip that begins, below a header printed again, with the rest of a row of the page before."""
    first = next((at for at, band in enumerate(strip) if any(value_of(each.text) for each in band.fragments)), None)
    head = next((at + 1 for at, band in reversed(list(enumerate(strip[:first]))) if _says_head(band)), 0)
    if numbers is None or first is None or first <= head:
        return None
    steps = [(strip[at + 1].baseline - strip[at].baseline, at) for at in range(head, first)]
    widest, last = max(steps)
    others = [step for step, at in steps if at != last]
    if others and widest <= APART * max(others):
        return None
    rest = _strip_rows(region, strip[last + 1 :], numbers, is_first=False)
    top = [row for part in (strip[:head], strip[head : last + 1]) if part for row in _one_row(region, part)]
    return None if rest is None else [*top, *rest]


def _anchors(region: Region, strip: list[Band], numbers: int | None) -> list[float] | None:
    """Heights beside which cells are set: those of the running numbers, else those of the fullest lines; None where these are in doubt."""
    if numbers is not None:
        return [
            fragment.baseline
            for band in strip
            for fragment in band.fragments
            if region.column_of(fragment) == (numbers, numbers) and value_of(fragment.text)
        ]
    most = max(_filled(region, band) for band in strip)
    full = [band for band in strip if _filled(region, band) >= max(2, _FULL * most)]
    steps = [after.baseline - before.baseline for before, after in pairwise(strip)]
    if not steps:
        return [full[0].baseline]
    usual = min(steps)
    begins = [
        strip[0].baseline,
        *(after.baseline for (_, after), step in zip(pairwise(strip), steps, strict=True) if step > APART * usual),
    ]
    if len(begins) > 1 and max(steps) > APART * usual and any(step <= APART * usual for step in steps):
        full = [band for band in full if band.baseline in begins]
        return [band.baseline for band in full]
    return None if _is_torn(full) else [band.baseline for band in full]


def _is_torn(bands: list[Band]) -> bool:
    """Whether lines taken for rows of their own show a cell broken in two."""
    return any(_TORN.search(fragment.text) for band in bands for fragment in band.fragments)


def _filled(region: Region, band: Band) -> int:
    return len({region.column_of(fragment)[0] for fragment in band.fragments})


def _head_band(region: Region, strip: list[Band], first: float) -> Band | None:
    """The fullest line above the first number, which is the header's if that stands in the same strip."""
    above = [band for band in strip if band.baseline < first - _CLOSE * region.size and _filled(region, band) * 2 > len(region.columns)]
    return max(above, key=lambda band: (_filled(region, band), -band.baseline), default=None)


def _says_head(band: Band) -> bool:
    return sum(bool(HEADER.search(fragment.text)) for fragment in band.fragments) > 1


def _by_anchors(region: Region, strip: list[Band], anchors: list[float], numbers: int | None) -> list[list[Cell]] | None:
    columns, headings = _lines_by_column(region, strip, numbers)
    leading = _leading(columns, region.size)
    if len(strip) * len(anchors) > _MOST:
        return None
    best: tuple[float, str, list[list[CellGroup]]] | None = None
    for setting in ("top", "middle", "bottom"):
        found = [assigned(lines, anchors, setting, leading) for lines in columns]
        found = with_merged(columns, anchors, leading, found) if setting == "middle" else found
        cost = sum(cost for at, (cost, _) in enumerate(found) if at != numbers)
        cells = sum(len(groups) for at, (_, groups) in enumerate(found) if at != numbers)
        share = cost / max(cells, 1) / leading**2
        if best is None or share < best[0] - 1e-6:
            best = share, setting, [groups for _, groups in found]
    if best is None or best[0] > _FITS:
        return None
    rows = [[Cell("") for _ in columns] for _ in anchors]
    for column, groups in enumerate(best[2]):
        for group in groups:
            rows[group.first][column] = _cell(group.lines)
            for row in range(group.first + 1, group.last + 1):
                rows[row][column] = Cell(None)
    return _with_headings(region, _carried(rows, numbers) if best[1] == "top" else rows, anchors, headings)


def _carried(rows: list[list[Cell]], numbers: int | None) -> list[list[Cell]]:
    """Rows without a rule between them: in a column that is nearly full an empty cell goes on the one above it."""
    for column in range(len(rows[0])):
        filled = sum(bool(row[column].text) for row in rows)
        if column == numbers or filled < _MOSTLY * len(rows):
            continue
        for above, row in pairwise(rows[1:]):
            if not row[column].text and (above[column].text is None or above[column].text):
                row[column] = Cell(None)
    return rows


def _lines_by_column(
    region: Region, strip: list[Band], numbers: int | None = None
) -> tuple[list[list[CellLine]], list[tuple[Fragment, int, int]]]:
    """The lines of each column from top to bottom, and fragments that lie over several columns or stand alone among the numbers."""
    columns: list[list[CellLine]] = [[] for _ in region.columns]
    headings = []
    for band in strip:
        for fragment in band.fragments:
            first, last = region.column_of(fragment)
            is_lone = len(band.fragments) == 1
            if first != last or (is_lone and first == numbers and len(fragment.text) >= _LEAST_HEADING and not value_of(fragment.text)):
                headings.append((fragment, 0, len(columns) - 1) if is_lone else (fragment, first, last))
                continue
            lines = columns[first]
            if lines and abs(lines[-1].y - fragment.baseline) < _CLOSE * fragment.size:
                lines[-1] = CellLine(f"{lines[-1].text} {fragment.text}", lines[-1].y, lines[-1].glyphs + fragment.glyphs)
            else:
                lines.append(CellLine(fragment.text, fragment.baseline, fragment.glyphs))
    return columns, headings


def _cell(lines: list[CellLine]) -> Cell:
    score, box = seen([glyph for line in lines for glyph in line.glyphs])
    return Cell("\n".join(line.text for line in lines), score=score, box=box)


def _leading(columns: list[list[CellLine]], size: float) -> float:
    """The distance of two lines of one cell: the smallest usual one."""
    steps = sorted(after.y - before.y for lines in columns for before, after in pairwise(lines))
    near = [step for step in steps if step <= 2 * size]
    return median(near[: max(1, len(near) // 3)]) if near else 1.3 * size


def _with_headings(
    region: Region, rows: list[list[Cell]], anchors: list[float], headings: list[tuple[Fragment, int, int]]
) -> list[list[Cell]]:
    """Rows with the headings over several columns put before the row that they stand above."""
    placed: list[tuple[float, list[Cell]]] = list(zip(anchors, rows, strict=True))
    by_line: dict[float, list[tuple[Fragment, int, int]]] = {}
    for heading in headings:
        by_line.setdefault(round(heading[0].baseline, 1), []).append(heading)
    for y, found in by_line.items():
        placed.append((y - 0.01, _heading_row(region, found)))
    return [cells for _, cells in sorted(placed, key=lambda each: each[0])]


def _heading_row(region: Region, found: list[tuple[Fragment, int, int]]) -> list[Cell]:
    cells = []
    column = 0
    for fragment, first, last in sorted(found, key=lambda each: each[1]):
        cells += [Cell("")] * (first - column)
        cells.append(Cell(fragment.text, last - first + 1))
        column = last + 1
    return cells + [Cell("")] * (len(region.columns) - column)


def _one_row(region: Region, strip: list[Band]) -> list[list[Cell]]:
    columns, headings = _lines_by_column(region, strip)
    rows = [[_cell(lines) for lines in columns]] if any(columns) else []
    return _with_headings(region, rows, [strip[-1].baseline] * len(rows), headings)
