"""Ink on a rendered page: what stands outside the characters that are known, and the long lines that rule tables."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

from flows.sources.plans.formats.losses import Box
from flows.sources.plans.formats.pdf_glyphs import Glyph
from flows.sources.plans.formats.pdf_page import Edge

_DARK = 128
_INKED = 165  # thin strokes of a coarse scan
_FAINT = 200  # a thin line on a scan made smaller
_COLOURED = 60  # the difference of two channels: seals and letterheads are red
_LINE = 3.0  # sizes: ink that runs on so far is a ruled line
_DENSE = (0.06, 0.75)  # share of dark pixels in a box of characters
_LEAST_WIDE = 0.25  # sizes: a digit
_LEAST_HIGH, _MOST_HIGH = 0.45, 2.2
_MARGIN = 0.25
_LONG_RULE = 30.0  # points
_SPECK = 3  # pixels
_MOST_BOXES = 50


def ink_outside(image: Any, width: float, height: float, known: Sequence[Glyph]) -> list[Box]:
    """Boxes (in points) of ink that looks like characters and lies under none of the `known` ones."""
    ink = dark(image, _INKED)
    size = median(glyph.size for glyph in known) if known else 12.0
    across, down = ink.shape[1] / width, ink.shape[0] / height
    _rub_out_lines(ink, int(_LINE * size * across))
    for glyph in known:
        margin = _MARGIN * glyph.size
        top, bottom = glyph.baseline - glyph.size, glyph.baseline + margin
        ink[max(0, int(top * down)) : int(bottom * down), max(0, int((glyph.x0 - margin) * across)) : int((glyph.x1 + margin) * across)] = (
            False
        )
    found = [(x0 / across, y0 / down, x1 / across, y1 / down) for x0, y0, x1, y1 in _clusters(ink, max(2, int(size * across / 2)))]
    return [box for box in found if _looks_written(box, size)][:_MOST_BOXES]


def _looks_written(box: Box, size: float) -> bool:
    return box[2] - box[0] >= _LEAST_WIDE * size and _LEAST_HIGH * size <= box[3] - box[1] <= _MOST_HIGH * size


def dark(image: Any, limit: int = _DARK) -> Any:
    """True where a pixel is darker than `limit` (0 to 255) and grey; `image` is rows by columns by channels, or rows by columns."""
    pixels = np.asarray(image).astype(np.int16)
    if pixels.ndim == 2:  # noqa: PLR2004 - no channels
        return pixels < limit
    pixels = pixels[:, :, :3]
    return (pixels.mean(axis=2) < limit) & (pixels.max(axis=2) - pixels.min(axis=2) < _COLOURED)


def _rub_out_lines(ink: Any, length: int) -> None:
    for axis in (0, 1):
        ink[_runs(ink, length, axis)] = False


def _runs(ink: Any, length: int, axis: int) -> Any:
    """True for pixels in an unbroken dark run of at least `length` along the axis."""
    marked = np.zeros_like(ink)
    if length < 1 or ink.shape[axis] <= length:
        return marked
    turned, lines = (ink.T, marked.T) if axis == 0 else (ink, marked)
    sums = np.cumsum(np.pad(turned, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    full = (sums[:, length:] - sums[:, :-length]) == length
    starts = np.zeros((turned.shape[0], turned.shape[1] + 1), np.int32)
    starts[:, : full.shape[1]] += full
    starts[:, length : length + full.shape[1]] -= full
    lines[:] = np.cumsum(starts, axis=1)[:, :-1] > 0
    return marked


def _clusters(ink: Any, step: int) -> list[tuple[int, int, int, int]]:
    """Boxes in pixels of groups of ink, near together in a grid of `step` pixels."""
    rows, columns = -(-ink.shape[0] // step), -(-ink.shape[1] // step)
    padded = np.pad(ink, ((0, rows * step - ink.shape[0]), (0, columns * step - ink.shape[1])))
    counts = padded.reshape(rows, step, columns, step).sum(axis=(1, 3))
    filled = {(int(row), int(column)) for row, column in np.argwhere(counts >= _SPECK)}
    boxes = []
    while filled:
        group = [filled.pop()]
        for row, column in group:
            near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-2, -1, 0, 1, 2)} & filled
            filled -= near
            group += near
        rows_, columns_ = [each[0] for each in group], [each[1] for each in group]
        y0, y1, x0, x1 = min(rows_) * step, (max(rows_) + 1) * step, min(columns_) * step, (max(columns_) + 1) * step
        box = _tight(ink, x0, y0, x1, y1)
        boxes += [box] if box else []
    return boxes


def _tight(ink: Any, x0: int, y0: int, x1: int, y1: int) -> tuple[int, int, int, int] | None:
    """The box of the ink inside another box, if it is as dense as characters are."""
    inside: Any = np.argwhere(ink[y0:y1, x0:x1])
    if not len(inside):
        return None
    top, left = (int(each) for each in inside.min(axis=0))
    bottom, right = (int(each) for each in inside.max(axis=0))
    share = len(inside) / max(1, (bottom - top) * (right - left))
    return (x0 + left, y0 + top, x0 + right + 1, y0 + bottom + 1) if _DENSE[0] < share < _DENSE[1] else None


def ruled_lines(image: Any, width: float, height: float) -> list[Edge]:
    """Level and upright lines of some length that are drawn in a picture of `width` by `height` points."""
    ink = dark(image, _FAINT)
    across, down = ink.shape[1] / width, ink.shape[0] / height
    edges = []
    for is_upright, length, scale, other in ((True, _LONG_RULE * down, across, down), (False, _LONG_RULE * across, down, across)):
        marked = _runs(ink, int(length), 0 if is_upright else 1)
        for at, start, end in _segments(marked.T if is_upright else marked):
            edges.append(Edge(is_upright, at / scale, start / other, end / other))
    return edges


def _segments(marked: Any) -> list[tuple[float, int, int]]:
    """(row, first, last) of the runs in each row of the picture; neighbouring rows of one thick line are one."""
    found: list[tuple[float, int, int]] = []
    for row in np.flatnonzero(marked.any(axis=1)):
        turns = np.flatnonzero(np.diff(np.concatenate(([0], marked[row].astype(np.int8), [0]))))
        found += [(float(row), int(first), int(last)) for first, last in zip(turns[::2], turns[1::2], strict=True)]
    return found[:20_000]
