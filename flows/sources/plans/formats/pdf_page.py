"""One page of a PDF as pdfium shows it: characters with their places, and the ruled lines that tables are made of."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pypdfium2 import PdfDocument, raw  # type: ignore[import-untyped]  # ships no types

from flows.sources.plans.formats.pdf_lost import SecondReader, has_lost_characters

_THIN = 3.0
_SHORTEST = 4.0
_MOST_SEGMENTS = 20_000
_FORM_DEPTH = 3
_UPRIGHT = 0.1
# Fonts without a full character table give radicals and compatibility forms in place of the characters themselves.
_PLAIN = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2E80, 0x2FD6), *range(0xF900, 0xFAD9))}


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character as it stands on the page, in points from the top left corner. `index` is its place in the drawing order."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    index: int
    is_upright: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A ruled line: upright (at x, from y to y) or level (at y, from x to x)."""

    is_upright: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page, turned the way it is shown."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    edges: list[Edge]


class _Turn:
    """From the page's own coordinates (origin bottom left) to shown ones (origin top left), for pages turned by quarters."""

    def __init__(self, page: Any) -> None:
        self.left, bottom, right, self.top = page.get_bbox()
        self.bottom, self.right = bottom, right
        self.quarters = (page.get_rotation() // 90) % 4
        width, height = right - self.left, self.top - bottom
        self.width, self.height = (height, width) if self.quarters % 2 else (width, height)

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return (
            (x - self.left, self.top - y),
            (y - self.bottom, x - self.left),
            (self.right - x, y - self.bottom),
            (self.top - y, self.right - x),
        )[self.quarters]


def read_page(document: Any, index: int, second: SecondReader) -> Page:
    """Page `index` (from 0) of an open pdfium document, of which `second` is the same file. Raises PdfiumError or ValueError for a damaged page."""
    page = document[index]
    try:
        turn = _Turn(page)
        glyphs = list(_all_glyphs(second, index) if has_lost_characters(page) else _glyphs(page, turn))
        return Page(index + 1, turn.width, turn.height, glyphs, list(_edges(page, turn)) if glyphs else [])
    finally:
        page.close()


def _all_glyphs(second: SecondReader, index: int) -> Iterator[Glyph]:
    for order, (text, x0, x1, baseline, size, is_upright) in enumerate(second.characters(index)):
        plain = "".join(_PLAIN.get(ord(character), character) for character in text if _is_character(ord(character)))
        if plain:
            yield Glyph(plain, x0, x1, baseline, size, order, is_upright)


def _glyphs(page: Any, turn: _Turn) -> Iterator[Glyph]:
    texts = page.get_textpage()
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    high = 0
    try:
        for index in range(texts.count_chars()):
            code = raw.FPDFText_GetUnicode(texts, index)
            if 0xD800 <= code < 0xDC00:  # noqa: PLR2004 - first half of a surrogate pair
                high = code
                continue
            if 0xDC00 <= code < 0xE000 and high:  # noqa: PLR2004 - second half
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
            if raw.FPDFText_IsGenerated(texts, index) == 1 or not _is_character(code):
                continue
            raw.FPDFText_GetLooseCharBox(texts, index, box)
            raw.FPDFText_GetCharOrigin(texts, index, x, y)
            corners = turn(box.left, box.bottom), turn(box.right, box.top)
            x0, x1 = sorted((corners[0][0], corners[1][0]))
            size = raw.FPDFText_GetFontSize(texts, index) or 10.0
            turned = (raw.FPDFText_GetCharAngle(texts, index) + turn.quarters * math.pi / 2) % (2 * math.pi)
            is_upright = min(turned, 2 * math.pi - turned) < _UPRIGHT
            height = abs(corners[0][1] - corners[1][1])
            yield Glyph(_PLAIN.get(code, chr(code)), x0, x1, turn(x.value, y.value)[1], height or size, index, is_upright)
    finally:
        texts.close()


def _is_character(code: int) -> bool:
    return code >= 0x20 and not 0xD800 <= code < 0xE000 and code not in {0xFFFE, 0xFFFF} and code <= 0x10FFFF  # noqa: PLR2004


def _edges(page: Any, turn: _Turn) -> Iterator[Edge]:
    """Stroked straight lines, and filled boxes so thin that they are meant as lines (as Word draws borders)."""
    left = _MOST_SEGMENTS
    for path in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=_FORM_DEPTH):
        segments = raw.FPDFPath_CountSegments(path)
        left -= max(segments, 0)
        if left < 0:
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(path, fill, stroke)
        if stroke.value or fill.value:
            for points in _subpaths(path, segments, turn):
                yield from _edges_of(points, stroked=bool(stroke.value))


def _subpaths(path: Any, segments: int, turn: _Turn) -> Iterator[list[tuple[float, float]]]:
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


def _edges_of(points: list[tuple[float, float]], *, stroked: bool) -> Iterator[Edge]:
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
