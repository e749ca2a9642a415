"""Text set from top to bottom: a page of it is laid on its side, so that all else reads it like any other; a run of it beside level text is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Protocol, TypeVar

from flows.sources.plans.formats.pdf_glyphs import Glyph
from flows.sources.plans.formats.pdf_page import Edge, Page

_BESIDE = 0.35  # of the size: how far characters of one column may stand from its middle
_BELOW = (0.8, 2.0)  # sizes from one character to the next
_MOST = 0.6
_LEAST = 40
_LEAST_RUN = 6


class _Placed(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def x0(self) -> float: ...
    @property
    def baseline(self) -> float: ...
    @property
    def size(self) -> float: ...


_Any = TypeVar("_Any", bound=_Placed)


def _is_below(before: _Placed, after: _Placed) -> bool:
    size = max(before.size, after.size)
    return abs(after.x0 - before.x0) < _BESIDE * size and _BELOW[0] * size < after.baseline - before.baseline < _BELOW[1] * size


def upright(page: Page) -> Page:
    """The page itself, or one whose columns of characters, from right to left, have become lines."""
    inked = [glyph for glyph in page.glyphs if not glyph.text.isspace() and glyph.is_upright]
    steps = sum(_is_below(before, after) for before, after in pairwise(inked))
    if len(inked) < _LEAST or steps < _MOST * len(inked):
        return page
    glyphs = [_laid(glyph, page.width) for glyph in page.glyphs]
    edges, shades = ([_edge(edge, page.width) for edge in edges] for edges in (page.edges, page.shades))
    return replace(page, width=page.height, height=page.width, glyphs=glyphs, edges=edges, shades=shades)


def _laid(glyph: Glyph, width: float) -> Glyph:
    return replace(glyph, x0=glyph.baseline - glyph.size, x1=glyph.baseline, baseline=width - glyph.x0)


def _edge(edge: Edge, width: float) -> Edge:
    if edge.is_upright:
        return Edge(is_upright=False, at=width - edge.at, start=edge.start, end=edge.end)
    return Edge(is_upright=True, at=edge.at, start=width - edge.end, end=width - edge.start)


def vertical_runs(lines: Sequence[_Any]) -> list[list[_Any]]:
    """Runs of lines of one character each that stand one below the other."""
    runs: list[list[_Any]] = []
    for line in lines:
        if len(line.text) == 1 and runs and _is_below(runs[-1][-1], line):
            runs[-1].append(line)
        elif len(line.text) == 1:
            runs.append([line])
    return [run for run in runs if len(run) >= _LEAST_RUN]
