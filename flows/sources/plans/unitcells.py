"""Neighbouring columns of one kind that run together in a table without separators: two of units, or a heading and what is asked under it.

Two columns of units: who leads ends and who helps begins inside one list of names.

`区甲局区乙局区直有关单位,各镇` is cut where a name ends and the next begins without a sign between; of several such places the one
wins whose halves the other rows print as well, and whose first half names single units while the second names many at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log

from flows.sources.plans.columns import TEXT_ROLES
from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.lexicon import Lexicon, glued_places
from flows.sources.plans.taskgrid import TableCell, TaskGrid, cell_at

_MANY = re.compile(r"^[市区县州省镇乡局]?(?:直|级|属)?(?:各|有关|相关|其他)|^[市区县州省](?:直|级|属)")
_MANY_HELP = 1.2  # single units lead, many at once help
_EMPTY_FIRST = 1.0  # a blank before the list: the first column is empty
_SELDOM = 0.4  # … in a table in which few rows print one there
Span = tuple[int, int]


def part_unit_columns(flow: NormalizedText, grid: TaskGrid, column: int, lexicon: Lexicon) -> None:
    """Share the cells of `column` between it and the next one, which holds units as well; the rows are changed in place."""
    spans = [_flow_span(row[column]) for row in grid.rows]
    present = [span for span in spans if span]
    gaps = sum(flow.is_gap(first) for first, _ in present)
    blank_tells = gaps < len(present) * (1 - _SELDOM)
    cuts = {span: [*_places(flow, span, lexicon)] for span in present}
    heads = Counter(flow.text[first:at] for (first, last), places in cuts.items() for at in (*places, last))
    tails = Counter(flow.text[at:last] for (first, last), places in cuts.items() for at in (first, *places))
    for row, span in zip(grid.rows, spans, strict=True):
        if span is not None:
            at = _best(flow, span, cuts[span], (heads, tails), blank_tells=blank_tells)
            row[column] = cell_at(flow, span[0], at) if at > span[0] else None
            row[column + 1] = cell_at(flow, at, span[1]) if at < span[1] else TableCell(((row_end(span, flow),) * 2,), "")


def part_text_columns(flow: NormalizedText, grid: TaskGrid) -> None:
    """Share the words of the first columns of text among them where a printed blank stands before the sentences of most rows.

    What stands before it are headings, broken by blanks of their own as often as not, and printed once for several rows.
    """
    first = next((at for at, pair in enumerate(pairwise(grid.roles)) if TEXT_ROLES.issuperset(pair)), None)
    if first is None:
        return
    last = next((at - 1 for at in range(first, len(grid.roles)) if grid.roles[at] not in TEXT_ROLES), len(grid.roles) - 1)
    texts = [[span for cell in row[first : last + 1] if (span := _flow_span(cell))] for row in grid.rows]
    if sum(len(spans) > 1 for spans in texts) >= _MOST * len(texts):
        return  # blanks have told them apart
    whole = [(spans[0][0], spans[-1][1]) if spans else None for spans in texts]
    cuts = [_sentence_start(flow, span) for span in whole]
    if sum(cut is not None for cut in cuts) < max(2, _MOST * len(grid.rows)):
        return
    for row, span, cut in zip(grid.rows, whole, cuts, strict=True):
        if span is not None:
            row[first : last + 1] = [
                cell_at(flow, span[0], cut) if cut else None,
                *[None] * (last - first - 1),
                cell_at(flow, cut or span[0], span[1]),
            ]


_MOST = 0.6  # share of the rows
_STOP = re.compile(r"[。;]")


def _sentence_start(flow: NormalizedText, span: Span | None) -> int | None:
    """Where behind a printed blank the first sentence of a cell begins, or without sentences behind its only blank; None where it begins the cell."""
    if span is None:
        return None
    stop = _STOP.search(flow.text, *span)
    end = stop.start() if stop else span[1]
    blanks = [gap for gap in flow.gaps(span[0] + 1, end) if "\n" not in flow.printed[flow.source(gap - 1) : flow.source(gap)]]
    return blanks[-1] if blanks and (stop or len(blanks) == 1) else None


def row_end(span: Span, flow: NormalizedText) -> int:
    """Where a list was printed to its end."""
    return flow.span(*span)[1]


def _flow_span(cell: TableCell | None) -> Span | None:
    return None if cell is None or not cell.text else cell.at


def _places(flow: NormalizedText, span: Span, lexicon: Lexicon) -> Iterable[int]:
    """Where one name ends and the next begins with no sign between."""
    first, last = span
    gaps = [gap - first for gap in flow.gaps(first, last)]
    return (first + at for at in glued_places(flow.text[first:last], lexicon, gaps))


def _best(flow: NormalizedText, span: Span, places: Sequence[int], counts: tuple[Counter[str], Counter[str]], *, blank_tells: bool) -> int:
    """Where the second column begins: the end where it is empty, the beginning where the first is."""
    first, last = span
    text, (heads, tails) = flow.text, counts
    many = any(_MANY.match(part) for part in re.split(r"[、,;]", text[first:last]))
    options = {
        last: log(max(heads[text[first:last]], 1)) + (0.0 if many else 0.5),
        first: log(max(tails[text[first:last]], 1)) + (0.7 if many else -0.5) + (_EMPTY_FIRST * flow.is_gap(first) if blank_tells else 0.0),
    }
    for at in places:
        help_many = _MANY_HELP * (bool(_MANY.match(text[at:last])) - bool(_MANY.match(text[first:at])))
        options[at] = 0.3 + log(tails[text[at:last]]) + 0.3 * log(heads[text[first:at]]) + help_many + 0.3 * flow.is_gap(at)
    return max(options, key=lambda at: options[at])
