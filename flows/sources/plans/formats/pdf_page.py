"""One page of a PDF as pdfium shows it: characters with their places, and the ruled lines that tables are made of."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pypdfium2 import PdfDocument, raw  # type: ignore[import-untyped]  # ships no types

from flows.sources.plans.formats.losses import Box, Loss
from flows.sources.plans.formats.pdf_glyphs import MOST_GLYPHS, Glyph, Turn, glyphs_of, lost_beyond_most, plain, reading_turn
from flows.sources.plans.formats.pdf_lost import SecondReader, has_lost_characters

_THIN = 3.0
_SHORTEST = 4.0
_MOST_SEGMENTS = 20_000
_FORM_DEPTH = 3
_MOST_PICTURES = 2000


@dataclass(frozen=True, slots=True)
class Edge:
    """A ruled line: upright (at x, from y to y) or level (at y, from x to x)."""

    is_upright: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page, turned the way it is shown. `shades` are the level sides of filled boxes that are no lines.

    `quarters` says by how many right angles, clockwise, the page's own drawing is turned here.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    edges: list[Edge]
    shades: list[Edge]
    pictures: list[Box] = field(default_factory=list)
    quarters: int = 0
    losses: list[Loss] = field(default_factory=list)


def read_page(page: Any, index: int, second: SecondReader) -> Page:
    """What stands on an open pdfium page, number `index` (from 0) of the file of which `second` is another reading.

    Raises PdfiumError or ValueError for a damaged page.
    """
    is_lost = has_lost_characters(page)
    turn = Turn(page) if is_lost else reading_turn(page)
    glyphs = list(_all_glyphs(second, index)) if is_lost else glyphs_of(page, turn)
    edges, shades = _edges(page, turn) if glyphs else ([], [])
    beyond = 0 if is_lost or len(glyphs) < MOST_GLYPHS // 2 else lost_beyond_most(page)
    losses = [Loss("many_characters", index + 1, detail=f"{beyond:,}")] if beyond else []
    return Page(index + 1, turn.width, turn.height, glyphs, edges, shades, list(_pictures(page, turn)), turn.quarters, losses)


def _all_glyphs(second: SecondReader, index: int) -> Iterator[Glyph]:
    for order, (text, x0, x1, baseline, size, is_upright) in enumerate(second.characters(index)):
        if known := plain(text):
            yield Glyph(known, x0, x1, baseline, size, order, is_upright)


def _pictures(page: Any, turn: Turn) -> Iterator[Box]:
    """Where pictures stand."""
    for number, each in enumerate(page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=_FORM_DEPTH)):
        if number >= _MOST_PICTURES:
            return
        left, bottom, right, top = each.get_bounds()
        corners = [turn(*_outward(each.container, corner)) for corner in ((left, bottom), (right, top))]
        xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
        yield min(xs), min(ys), max(xs), max(ys)


def _outward(container: Any, point: tuple[float, float]) -> tuple[float, float]:
    """A point inside a form in the coordinates of the page."""
    while container is not None:
        point = container.get_matrix().on_point(*point)
        container = container.container
    return point


def _edges(page: Any, turn: Turn) -> tuple[list[Edge], list[Edge]]:
    """Stroked straight lines and filled boxes so thin that they are meant as lines (as Word draws borders); and the sides of other filled boxes."""
    edges: list[Edge] = []
    shades: list[Edge] = []
    left = _MOST_SEGMENTS
    for path in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=_FORM_DEPTH):
        segments = raw.FPDFPath_CountSegments(path)
        left -= max(segments, 0)
        if left < 0:
            break
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(path, fill, stroke)
        if stroke.value or fill.value:
            for points in _subpaths(path, segments, turn):
                found = list(edges_of(points, stroked=bool(stroke.value)))
                edges += found
                shades += [] if found else sides_of(points)
    return edges, shades


def sides_of(points: list[tuple[float, float]]) -> list[Edge]:
    """Top and bottom of a filled box."""
    if len(points) < 4:  # noqa: PLR2004 - a box has four corners
        return []
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return [Edge(is_upright=False, at=at, start=min(xs), end=max(xs)) for at in (min(ys), max(ys))]


def _subpaths(path: Any, segments: int, turn: Turn) -> Iterator[list[tuple[float, float]]]:
    """The corner points of each part of a path; curves are left out with the part they stand in."""
    matrices = [path.get_matrix()]
    container = path.container
    while container is not None:
        matrices.append(container.get_matrix())
        container = container.container
    points: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(segments):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (x.value, y.value)
        for matrix in matrices:
            point = matrix.on_point(*point)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            yield points
            points = []
        if kind == raw.FPDF_SEGMENT_BEZIERTO:
            points = []
            continue
        points.append(turn(*point))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    yield points


def edges_of(points: list[tuple[float, float]], *, stroked: bool) -> Iterator[Edge]:
    if len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    if x1 - x0 < _THIN and y1 - y0 >= _SHORTEST:
        yield Edge(is_upright=True, at=(x0 + x1) / 2, start=y0, end=y1)
    elif y1 - y0 < _THIN and x1 - x0 >= _SHORTEST:
        yield Edge(is_upright=False, at=(y0 + y1) / 2, start=x0, end=x1)
    elif stroked:
        for (ax, ay), (bx, by) in pairwise(points):
            if abs(ax - bx) < 1 and abs(ay - by) >= _SHORTEST:
                yield Edge(is_upright=True, at=(ax + bx) / 2, start=min(ay, by), end=max(ay, by))
            elif abs(ay - by) < 1 and abs(ax - bx) >= _SHORTEST:
                yield Edge(is_upright=False, at=(ay + by) / 2, start=min(ax, bx), end=max(ax, bx))


def open_document(data: bytes) -> Any:
    """A pdfium document; raises PdfiumError."""
    return PdfDocument(data)
