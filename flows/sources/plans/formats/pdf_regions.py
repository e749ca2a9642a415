"""Where on a page tables without full rules stand: runs of lines with columns, which something says are a table."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from flows.sources.plans.formats.pdf_columns import HEADER, TOUCHING, Band, Fragment, Region, bands_of, columns_of, number_column, value_of
from flows.sources.plans.formats.pdf_glyphs import Glyph
from flows.sources.plans.formats.pdf_page import Edge

_FAR = 5.0  # sizes between two lines of one table
_WIDE = 0.45  # of the region: a lone fragment wider than that is running text or a heading over the columns
_LEAST_LINES = 3
_LEAST_COLUMNS = 3
_MOST_COLUMNS = 30
_MOST_LINES = 2000
_SPANS = 0.5  # of the table's width: a rule as long as that parts two rows
_HEADING = 40
_SEVERAL = 2  # fragments that begin at one place
_TRIED = 5  # lines at either end


def find_regions(
    glyphs: Iterable[Glyph], edges: Sequence[Edge], shades: Sequence[Edge], going_on: Sequence[tuple[float, float]] = ()
) -> list[Region]:
    """Tables of three columns and more among the lines of a page.

    Something must say that it is a table: a column of running numbers, rules or shading, words that head columns, or a table that ended the
    page before with the columns `going_on`.
    """
    bands = bands_of(glyphs)
    first = _continued(bands, going_on) if going_on else None
    found = [first] if first else []
    for run in _runs(bands[len(first.bands) :] if first else bands):
        region = _trimmed(Region(run))
        if region is not None:
            found.append(region)
    for region in found:
        _put_cuts(region, edges, shades)
        region.goes_on = region is found[0] and len(going_on) == len(region.columns)
    return [region for region in found if region is first or _is_table(region)]


def _continued(bands: list[Band], columns: Sequence[tuple[float, float]]) -> Region | None:
    """The first lines of a page, page number apart, as far as they fit the columns of the table before; None if they do not begin so."""
    region = Region([], list(columns))
    for band in bands:
        places = [(fragment, region.column_of(fragment)) for fragment in band.fragments]
        slack = band.size
        fits = all(
            first == last and fragment.x0 > columns[first][0] - slack and fragment.x1 < columns[last][1] + slack
            for fragment, (first, last) in places
        )
        is_far = bool(region.bands) and band.baseline - region.bands[-1].baseline > _FAR * band.size
        if not fits or is_far:
            break
        region.bands.append(band)
    several = [at for at, band in enumerate(region.bands) if len(band.fragments) > 1]
    if not several:
        return None
    end, step = several[-1] + 1, _step(region.bands)
    while end < len(region.bands) and _goes_on(region, region.bands[end - 1], region.bands[end], step):
        end += 1
    region.bands = region.bands[:end]
    return region


def reopened(xs: list[float], ys: list[float], glyphs: Iterable[Glyph]) -> Region | None:
    """A ruled table with rules between its columns but not between its rows, as one whose rows are still to be found; None if it has them."""
    bands = [_parted(band, xs) for band in bands_of(glyphs)]
    several = [band for band in bands if len(band.fragments) > 1]
    if len(several) <= len(ys) or len(xs) <= _LEAST_COLUMNS:
        return None
    region = Region(bands, [(left + 1, right - 1) for left, right in pairwise(xs)], ys[1:-1], has_rules=True)
    column = number_column(region)
    heights = [
        band.baseline for band in bands for each in band.fragments if value_of(each.text) and region.column_of(each) == (column, column)
    ]
    in_one_row = any(sum(top < height < bottom for height in heights) > 1 for top, bottom in pairwise(ys))
    return region if in_one_row or (column is None and len(ys) == 2) else None  # noqa: PLR2004 - one row between two rules


def _aligned(bands: list[Band]) -> list[Band]:
    """The lines with fragments parted at small gaps where several others begin: two cells that touch."""
    starts = sorted(fragment.x0 for band in bands for fragment in band.fragments)
    parted = []
    for band in bands:
        near = 0.15 * band.size
        borders = [
            (before.x1 + after.x0) / 2
            for fragment in band.fragments
            for before, after in pairwise(fragment.glyphs)
            if after.x0 - before.x1 > TOUCHING * band.size
            and bisect_right(starts, after.x0 + near) - bisect_right(starts, after.x0 - near) >= _SEVERAL
        ]
        parted.append(_parted(band, sorted(borders)) if borders else band)
    return parted


def _untouched(region: Region) -> None:
    """Part fragments that hold two cells: their text leaves a small gap where the columns have theirs."""
    for band in region.bands:
        if len(band.fragments) < 2:  # noqa: PLR2004 - a heading
            continue
        borders = []
        for (_, left), (right, _) in pairwise(region.columns):
            for fragment in band.fragments:
                gaps = ((a.x1, b.x0) for a, b in pairwise(fragment.glyphs) if b.x0 - a.x1 > TOUCHING * fragment.size)
                borders += [(x1 + x0) / 2 for x1, x0 in gaps if x0 > left - fragment.size and x1 < right + fragment.size]
        band.fragments = _parted(band, sorted(borders)).fragments if borders else band.fragments


def _parted(band: Band, xs: list[float]) -> Band:
    """The band with its fragments cut where they cross from one column to the next."""
    parted: list[Fragment] = []
    for fragment in band.fragments:
        runs: dict[int, list[Glyph]] = {}
        for glyph in fragment.glyphs:
            runs.setdefault(bisect_right(xs, (glyph.x0 + glyph.x1) / 2), []).append(glyph)
        parted += [Fragment(run, run[0].x0, max(each.x1 for each in run), fragment.baseline, fragment.size) for run in runs.values()]
    return Band(band.baseline, band.size, parted)


def _runs(bands: list[Band]) -> Iterator[list[Band]]:
    """Lines between running text: a lone wide fragment ends a run, unless the columns go on below it."""
    if len(bands) > _MOST_LINES:
        return
    reach = max((band.fragments[-1].x1 for band in bands), default=0.0) - min((band.fragments[0].x0 for band in bands), default=0.0)
    run: list[Band] = []
    for index, band in enumerate(bands):
        is_far = bool(run) and band.baseline - run[-1].baseline > _FAR * band.size and min(_count(band), _count(run)) < _LEAST_COLUMNS
        is_prose = len(band.fragments) == 1 and band.fragments[0].x1 - band.fragments[0].x0 > _WIDE * reach
        if is_far or (is_prose and not _is_heading_within(bands, index, run)):
            yield run
            run = []
        if not is_prose or run:
            run.append(band)
    yield run


def _count(lines: Band | list[Band]) -> int:
    """The most fragments of one of the lines; a row may be high, but then it is a row."""
    return len(lines.fragments) if isinstance(lines, Band) else max(len(band.fragments) for band in lines[-3:])


def _is_heading_within(bands: list[Band], index: int, run: list[Band]) -> bool:
    """Whether a wide line is a short heading between rows: cells above it and right below it."""
    around = [len(each.fragments) > 1 for each in (*run[-2:], *bands[index + 1 : index + 3])]
    text = bands[index].fragments[0].text
    return sum(around) > 2 and len(text) <= _HEADING and not text.endswith(("。", "；", "，"))  # noqa: PLR2004 - cells on both sides


def _trimmed(region: Region) -> Region | None:
    """The region with its columns, without headings above and lines below that are no part of it; None if it is no table."""
    several = [at for at, band in enumerate(region.bands) if len(band.fragments) > 1]
    if len(several) < _LEAST_LINES:
        return None
    region.bands = _aligned(region.bands)
    first, last = _best_span(region.bands, several)
    body = region.bands[first : last + 1]
    region.columns = columns_of(body)
    _untouched(region)
    if not _LEAST_COLUMNS <= len(region.columns) <= _MOST_COLUMNS:
        return None
    step = _step(body)
    while last + 1 < len(region.bands) and _goes_on(region, region.bands[last], region.bands[last + 1], step):
        last += 1
    while first > 0 and _goes_on(region, region.bands[first], region.bands[first - 1], step):
        first -= 1
    region.bands = region.bands[first : last + 1]
    return region


def _best_span(bands: list[Band], several: list[int]) -> tuple[int, int]:
    """First and last line that leave the most columns: a line of spaced words above or below a table is not the table's."""
    found = (several[0], several[-1])
    most = len(columns_of(bands[found[0] : found[1] + 1]))
    for start in several[: -_LEAST_LINES + 1][:_TRIED]:
        for end in several[_LEAST_LINES - 1 :][: -_TRIED - 1 : -1]:
            count = len(columns_of(bands[start : end + 1])) if end - start >= _LEAST_LINES - 1 else 0
            if count > most:
                found, most = (start, end), count
    return found


def _step(bands: list[Band]) -> float:
    """The usual distance of two lines in a table."""
    return median([after.baseline - before.baseline for before, after in pairwise(bands)] or [0.0])


def _goes_on(region: Region, band: Band, beyond: Band, step: float) -> bool:
    """Whether a line above or below the cells is a wrapped cell's: near, of the same size, and within one column."""
    alone = beyond.fragments[0]
    first, last = region.column_of(alone)
    left, right = region.columns[first]
    is_inside = first == last and left - 0.5 * region.size <= alone.x0 and alone.x1 <= right + 0.5 * region.size
    is_near = abs(beyond.baseline - band.baseline) <= 1.3 * max(step, band.size)
    return is_near and is_inside and abs(beyond.size - band.size) < 0.15 * band.size


def _put_cuts(region: Region, edges: Sequence[Edge], shades: Sequence[Edge]) -> None:
    """The heights inside the region at which level rules, or shaded boxes, end a row."""
    left, right = region.columns[0][0], region.columns[-1][1]
    top, bottom = region.bands[0].baseline - 3 * region.size, region.bands[-1].baseline + 3 * region.size
    lengths: dict[float, float] = {}
    for edge in (*edges, *shades):
        if not edge.is_upright and top <= edge.at <= bottom:
            at = next((each for each in lengths if abs(each - edge.at) < 0.4 * region.size), edge.at)
            lengths[at] = lengths.get(at, 0.0) + max(0.0, min(edge.end, right) - max(edge.start, left))
            region.rules.setdefault(at, []).append((edge.start, edge.end))
    long = sorted(at for at, length in lengths.items() if length >= _SPANS * (right - left))
    region.has_rules = len(long) > 1
    region.cuts = [at for at in long if region.bands[0].baseline < at < region.bands[-1].baseline]


def _is_table(region: Region) -> bool:
    head = [fragment.text for band in region.bands[:3] for fragment in band.fragments]
    return region.has_rules or number_column(region) is not None or sum(bool(HEADER.search(text)) for text in head) > 1
