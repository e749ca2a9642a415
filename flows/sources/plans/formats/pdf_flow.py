"""From characters on pages to paragraphs in reading order: lines, headers and footers, joined wraps, tables that go on."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from flows.sources.plans.formats.draft import one_line
from flows.sources.plans.formats.grid import Cell
from flows.sources.plans.formats.losses import Box, Loss
from flows.sources.plans.formats.pdf_glyphs import Glyph
from flows.sources.plans.formats.pdf_tables import cell_lines, seen

_MARGIN = 0.11
_PAGE_NUMBER = re.compile(
    r"[-—–―－·•~\s]*(?:第\s*)?(?:\d{1,4}|[ivxIVX]{1,6})(?:\s*页)?(?:\s*[/／,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–―－·•~\s]*"
)
_ITEM = re.compile(
    r"(?:[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|[（(]?\d{1,3}[)）、.．](?!\d)|[①-⑳]|附件|第[一二三四五六七八九十]{1,3}[章节条部])"
)
_STOPS = tuple("。；;：:！？）)”")
_INDENT = 0.8
_ALIKE = 4.0
_SET_APART = 0.3  # of the measure: what begins further in is a signature or a date at the right edge
_LONGEST_HEADER = 60
_LEAST_REACH = (0.75, 0.38, 0.75)  # of the page's width: one column, the left and the right of two


@dataclass(slots=True)
class TextLine:
    """One printed line; `column` is 0 on a page of one column, 1 and 2 on a page of two."""

    text: str
    page: int
    x0: float
    x1: float
    baseline: float
    size: float
    index: int
    column: int = 0
    is_boilerplate: bool = False
    score: float | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table as read: where it stands and its cells, without the characters' places. `columns` has what text covers, without rules; `unread`
    the rows of which a part could not be read.
    """

    xs: list[float]
    top: float
    index: int
    rows: list[list[Cell]]
    columns: tuple[tuple[float, float], ...] = ()
    unread: frozenset[int] = frozenset()

    def is_alike(self, other: TableBlock) -> bool:
        """Whether two tables have the same columns: the same rules, or text that covers the same places."""
        if len(self.xs) != len(other.xs):
            return False
        if self.columns and other.columns:
            return all(min(a[1], b[1]) > max(a[0], b[0]) for a, b in zip(self.columns, other.columns, strict=True))
        return all(abs(a - b) <= _ALIKE for a, b in zip(self.xs, other.xs, strict=True))


Item = TextLine | TableBlock


@dataclass(frozen=True, slots=True)
class PageItems:
    """Lines and tables of a page in reading order, and what of it was not read."""

    number: int
    width: float
    height: float
    items: list[Item]
    losses: list[Loss]


def lines_of(glyphs: list[Glyph], page: int) -> list[TextLine]:
    lines: list[TextLine] = []
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and not _goes_on(run[-1], glyph):
            lines += line_of(run, page)
            run = []
        run.append(glyph)
    return lines + line_of(run, page)


def _goes_on(last: Glyph, glyph: Glyph) -> bool:
    size = max(last.size, glyph.size)
    return abs(glyph.baseline - last.baseline) < 0.5 * size and glyph.x0 > last.x0 - 0.5 * size


def line_of(run: list[Glyph], page: int) -> list[TextLine]:
    text = one_line("".join(cell_lines(run)))
    inked = [glyph for glyph in run if not glyph.text.isspace()]
    if not text or not inked:
        return []
    size = median(glyph.size for glyph in inked)
    score, box = seen(inked)
    return [TextLine(text, page, inked[0].x0, inked[-1].x1, inked[0].baseline, size, inked[0].index, score=score, box=box)]


def mark_margins(pages: list[PageItems]) -> None:
    """Page numbers, and lines that stand at the same height of many pages, are headers and footers."""
    lines = [line for each in pages for line in _edge_lines(each)]
    pages_with = Counter(key for key, _ in {(_key(line), line.page) for line in lines})
    for line in lines:
        is_number = bool(_PAGE_NUMBER.fullmatch(line.text)) and any(character.isdigit() for character in line.text)
        many = pages_with[_key(line)] > 1 and pages_with[_key(line)] * 5 >= len(pages) * 2
        line.is_boilerplate |= is_number or (many and len(line.text) <= _LONGEST_HEADER and not set("。;；") & set(line.text))


def _key(line: TextLine) -> str:
    return f"{re.sub(r'[0-9]+', '#', line.text)}@{round(line.baseline / 6)}"


def _edge_lines(each: PageItems) -> list[TextLine]:
    """Lines in the top and bottom margins of a page."""
    height = each.height
    lines = [item for item in each.items if isinstance(item, TextLine)]
    return [line for line in lines if line.baseline < _MARGIN * height or line.baseline > (1 - _MARGIN) * height]


@dataclass(frozen=True, slots=True)
class Measure:
    """Left and right edge of the running text and the distance of its lines, in one column of pages of one width."""

    left: float
    right: float
    leading: float


def measures(pages: list[PageItems]) -> dict[tuple[int, int], Measure]:
    """The measure for each (page width, column). Pages are in two columns where many lines begin right of the middle and many end left."""
    by_width: dict[int, list[TextLine]] = {}
    for each in pages:
        lines = [item for item in each.items if isinstance(item, TextLine) and not item.is_boilerplate]
        by_width.setdefault(round(each.width), []).extend(lines)
    groups: dict[tuple[int, int], list[TextLine]] = {}
    for width, lines in by_width.items():
        rights = sum(line.x0 > width / 2 - 5 for line in lines)
        lefts = sum(line.x1 < width / 2 + 5 for line in lines)
        is_double = min(rights, lefts) * 3 >= len(lines) > 9  # noqa: PLR2004 - a third of ten lines and more
        for line in lines:
            line.column = 0 if not is_double else 2 if line.x0 > width / 2 - 5 else 1
            groups.setdefault((width, line.column), []).append(line)
    return {(width, column): _measure(lines, width * _LEAST_REACH[column]) for (width, column), lines in groups.items()}


def _measure(lines: list[TextLine], least: float) -> Measure:
    """Where all lines are short, none is full: the right edge is never taken for less than `least`."""
    lefts, rights = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
    steps = [
        after.baseline - line.baseline for line, after in pairwise(lines) if line.page == after.page and after.baseline > line.baseline
    ]
    return Measure(lefts[len(lefts) // 20], max(rights[-1 - len(rights) // 20], least), median(steps) if steps else 0.0)


def continues(first: TextLine, line: TextLine, after: TextLine, here: Measure, there: Measure) -> bool:
    """Whether `after` belongs to the paragraph that began with `first` and has come to `line`.

    It does if `line` is full and `after` stands where the paragraph's next line is due, in the same size and at the usual distance.
    `here` and `there` are the measures of the two. Where paragraphs are not indented, an item number after a stop
    begins a new one, and so does what stands below a first line that ends in a full stop.
    """
    size = max(line.size, after.size)
    is_full = line.x1 >= here.right - 1.7 * size
    is_set_apart = line is first and line.x0 > here.left + _SET_APART * (here.right - here.left)
    is_alike = abs(line.size - after.size) < 0.15 * size
    is_moved = line.page != after.page or line.column != after.column
    is_apart = not is_moved and after.baseline - line.baseline > 1.5 * max(here.leading, size)
    is_flush = first.x0 <= here.left + _INDENT * size
    is_new_item = is_flush and line.text.endswith(_STOPS) and bool(_ITEM.match(after.text))
    is_one_line = line is first and line.text.endswith("。") and abs(after.x0 - line.x0) < _INDENT * size
    if not is_full or not is_alike or is_apart or is_set_apart or is_new_item or is_one_line:
        return False
    return after.x0 <= there.left + _INDENT * size or (not is_moved and _is_due(first, line, after))


def _is_due(first: TextLine, line: TextLine, after: TextLine) -> bool:
    """Whether `after` begins where the paragraph's other lines do, left of an indented first line, or under a hanging number."""
    step = _INDENT * line.size
    if line is not first:
        return abs(after.x0 - line.x0) <= step
    return after.x0 < line.x0 - step or (after.x0 > line.x0 + step and bool(_ITEM.match(line.text)))
