"""Columns of a table without upright rules: the gaps that hardly a line crosses. Lines, fragments and running numbers on the way there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from flows.sources.plans.formats.pdf_glyphs import Glyph

_SAME_LINE = 0.45  # of the size: baselines nearer than that are one line
_SPLIT = 0.45  # of the size: a gap that may part two cells
_GUTTER = 0.3  # of the size: the narrowest gap between two columns
_MANY = 12  # lines
_FEW = 6  # of so many lines one may cross a gap
TOUCHING = 0.12  # of the size: so far apart are two cells that touch
NUMBER = re.compile(r"[（(]?(\d{1,3}|[一二三四五六七八九十]{1,3}|[①-⑳])[)）]?[.、．]?")
_CHINESE = "一二三四五六七八九十"
HEADER = re.compile(
    r"序号|编号|任务|事项|内容|措施|举措|单位|部门|责任|牵头|配合|主体|时限|时间|期限|进度|备注|要求|目标|指标|项目|类别|领域|成果|标准"
)


@dataclass(slots=True)
class Fragment:
    """A run of characters on one line without a gap; it lies in one cell, or in a heading over several."""

    glyphs: list[Glyph]
    x0: float
    x1: float
    baseline: float
    size: float

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs).strip()


@dataclass(slots=True)
class Band:
    """The fragments of one printed line, from left to right."""

    baseline: float
    size: float
    fragments: list[Fragment]


@dataclass(slots=True)
class Region:
    """The lines of one table with its columns (left and right edge of each, in order) and the heights at which rules part its rows.

    `goes_on` says that it may go on a table of the page before, in the middle of a row.
    """

    bands: list[Band]
    columns: list[tuple[float, float]] = field(default_factory=list)
    cuts: list[float] = field(default_factory=list)
    has_rules: bool = False
    rules: dict[float, list[tuple[float, float]]] = field(default_factory=dict)
    goes_on: bool = False

    @property
    def size(self) -> float:
        return median([band.size for band in self.bands] or [10.0])

    def is_ruled(self, cut: float, column: int) -> bool:
        """Whether the rule at this height goes on over the middle of a column; a table cut by no rule has none to leave out."""
        middle = sum(self.columns[column]) / 2
        return cut not in self.rules or any(start <= middle <= end for start, end in self.rules[cut])

    def borders(self) -> list[float]:
        """The left edge, the middle of each gap between columns, the right edge."""
        middles = [(left[1] + right[0]) / 2 for left, right in pairwise(self.columns)]
        return [self.columns[0][0], *middles, self.columns[-1][1]]

    def column_of(self, fragment: Fragment) -> tuple[int, int]:
        """First and last column that a fragment lies over."""
        over = [at for at, (left, right) in enumerate(self.columns) if min(right, fragment.x1) - max(left, fragment.x0) > 0.1 * self.size]
        if not over:
            middle = (fragment.x0 + fragment.x1) / 2
            nearest = min(range(len(self.columns)), key=lambda at: abs(sum(self.columns[at]) / 2 - middle))
            return nearest, nearest
        return over[0], over[-1]


def bands_of(glyphs: Iterable[Glyph]) -> list[Band]:
    """Printed lines from top to bottom, whatever the order in which their characters were drawn."""
    inked = sorted((glyph for glyph in glyphs if not glyph.text.isspace()), key=lambda glyph: glyph.baseline)
    bands: list[list[Glyph]] = []
    for glyph in inked:
        last = bands[-1] if bands else None
        if last and glyph.baseline - last[0].baseline < _SAME_LINE * min(glyph.size, last[0].size):
            last.append(glyph)
        else:
            bands.append([glyph])
    return [_band(band) for band in bands]


def _band(glyphs: list[Glyph]) -> Band:
    glyphs.sort(key=lambda glyph: glyph.x0)
    runs = [[glyphs[0]]]
    for before, glyph in pairwise(glyphs):
        if glyph.x0 - before.x1 > _SPLIT * max(before.size, glyph.size):
            runs.append([])
        runs[-1].append(glyph)
    fragments = [
        Fragment(run, run[0].x0, max(g.x1 for g in run), median(g.baseline for g in run), median(g.size for g in run)) for run in runs
    ]
    return Band(median(g.baseline for g in glyphs), median(g.size for g in glyphs), fragments)


def columns_of(bands: list[Band]) -> list[tuple[float, float]]:
    """Where text stands between the gaps that hardly a line crosses.

    Lone fragments do not count. What crosses a gap is a heading over several columns, above the others, or two cells so full that they touch:
    then the characters leave a small gap of their own there.
    """
    counted = [fragment for band in bands if len(band.fragments) > 1 for fragment in band.fragments]
    head = [fragment for band in bands[:2] for fragment in band.fragments]
    body = [fragment for fragment in counted if all(fragment is not each for each in head)] or counted
    size = median(band.size for band in bands)
    columns: list[tuple[float, float]] = []
    left, right = min(fragment.x0 for fragment in counted), max(fragment.x1 for fragment in counted)
    last = max(fragment.x1 for fragment in body)
    beyond = [(last, right + 1)] if right - last > _GUTTER * size else []
    for start, end in [*_thin(body, len(bands) // _FEW if len(bands) >= _MANY else 0), *beyond]:
        own = sorted((each.x0, each.x1) for each in head if each.x0 >= start and each.x1 <= end)
        over = [fragment for fragment in counted if fragment.x0 < start and fragment.x1 > end]
        rest = [fragment for fragment in counted if all(fragment is not each for each in over)]
        for x0, x1 in pairwise([start, *(edge for place in own for edge in place), end]):
            free = _free(rest, x0, x1)
            wide = free[1] - free[0] >= _GUTTER * size
            if (
                wide
                and left < free[0]
                and free[1] < right
                and all(any(each is one for one in head) or _touches(each, free, size) for each in over)
            ):
                columns.append((left, free[0]))
                left = free[1]
    return [*columns, (left, right)]


def _thin(fragments: list[Fragment], most: int) -> list[tuple[float, float]]:
    """Stretches between text that at most so many fragments cover."""
    events = sorted([(fragment.x0, 1) for fragment in fragments] + [(fragment.x1, -1) for fragment in fragments])
    stretches: list[tuple[float, float]] = []
    count, start, has_begun = 0, events[0][0], False
    for x, step in events:
        count += step
        if step > 0 and count == most + 1:
            if has_begun and x > start:
                stretches.append((start, x))
            has_begun = True
        elif step < 0 and count == most:
            start = x
    return stretches


def _free(fragments: list[Fragment], start: float, end: float) -> tuple[float, float]:
    """The widest part of a stretch that no fragment covers."""
    inside = sorted((fragment.x0, fragment.x1) for fragment in fragments if fragment.x1 > start and fragment.x0 < end)
    best, reached = (start, start), start
    for x0, x1 in [*inside, (end, end)]:
        best = (reached, x0) if x0 - reached > best[1] - best[0] else best
        reached = max(reached, x1)
    return best


def _touches(fragment: Fragment, free: tuple[float, float], size: float) -> bool:
    """Whether a fragment over a gap leaves a small gap of its own there."""
    gaps = ((before.x1, after.x0) for before, after in pairwise(fragment.glyphs))
    return any(x0 - x1 > TOUCHING * size and x0 > free[0] - size / 2 and x1 < free[1] + size / 2 for x1, x0 in gaps)


def number_column(region: Region, least: int = 2) -> int | None:
    """The column, one of the first two, that holds running numbers and nothing else but its header; None if there is none.

    Section headings, alone on their line, may stand between the numbers.
    """
    for column in (0, 1):
        found = [
            (fragment, len(band.fragments) > 1)
            for band in region.bands
            for fragment in band.fragments
            if region.column_of(fragment) == (column, column)
        ]
        numbers = [value for fragment, _ in found if (value := value_of(fragment.text))]
        others = sum(has_neighbours and not value_of(fragment.text) for fragment, has_neighbours in found)
        if len(numbers) >= least and others <= 2 and all(b in {a + 1, 1} for a, b in pairwise(numbers)):  # noqa: PLR2004 - a header of two lines
            return column
    return None


def value_of(text: str) -> int:
    """The number that a cell holds and nothing else, 0 for any other text."""
    hit = NUMBER.fullmatch(text.replace(" ", ""))
    if not hit:
        return 0
    number = hit[1]
    if number.isascii():
        return int(number)
    if number in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳":
        return ord(number) - ord("①") + 1
    tens, ten, ones = number.rpartition("十")
    if not ten:
        return _CHINESE.index(number) + 1 if len(number) == 1 else 0
    return 10 * (_CHINESE.index(tens) + 1 if len(tens) == 1 else 1) + (_CHINESE.index(ones) + 1 if len(ones) == 1 else 0)
