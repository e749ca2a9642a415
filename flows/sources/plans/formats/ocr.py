"""Text recognition for scans and pictures: RapidOCR (PP-OCR models, which come in its wheel; no network), the extra gongkai[ocr].

Doubtful lines are not used but said, and so is ink that no line covers; a doubtful character in a sure line is used and said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from itertools import accumulate
from statistics import median
from threading import Lock
from typing import Any

from exports.messages import N_
from flows.sources.plans.formats.ink import ink_outside, ruled_lines
from flows.sources.plans.formats.losses import Box, Loss
from flows.sources.plans.formats.pdf_glyphs import Glyph
from flows.sources.plans.formats.pdf_page import Edge

REMEDY = N_("Install gongkai[ocr] (text recognition, OCR) or bring a file with text.")
_LEAST_SCORE = 0.75
_LEAST_CHARACTER = 0.9  # a sure one has 0.99
_LEAST_SEEN = 0.4  # below that it is no text at all
_SLANTED = 8.0  # degrees off the page's own slant
_SKEWED = 0.2
_HIGH = 1.5  # times as high as wide: text set downwards
_TALL = 0.82  # of a line's box is the size of its characters
_DEPTH = 0.12  # of a line's box lies below its baseline
_HALF_WIDTH = 0.55
_ENGINE = Lock()


@dataclass(slots=True)
class Recognised:
    """Characters, ruled lines, and what could not be read, in points of the page."""

    glyphs: list[Glyph] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    box: Box
    text: str
    score: float
    slant: float
    characters: tuple[tuple[str, float, float, float], ...] = ()  # each with its left and right edge and score, where the engine tells


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415 - an optional extra

    return RapidOCR(
        params={"Global.log_level": "critical", "Global.text_score": _LEAST_SEEN, "EngineConfig.onnxruntime.intra_op_num_threads": 2}
    )


def recognise(image: Any, box: Box, width: float, height: float, known: Sequence[Glyph], first: int) -> Recognised:
    """Read `box` of a page of `width` by `height` points, of which `image` has the pixels.

    Lines that the page has as text already (`known`) are left out. `first` is the index of the first new character.
    """
    across, down = image.shape[1] / width, image.shape[0] / height
    left, top = max(0, int(box[0] * across)), max(0, int(box[1] * down))
    part = image[top : int(box[3] * down) + 1, left : int(box[2] * across) + 1]
    if min(part.shape[:2]) < 8:  # noqa: PLR2004 - pixels: nothing can stand in it
        return Recognised()
    lines = [_moved(line, left, top, across, down) for line in _lines(part)]
    lines = [line for line in lines if not any(_covers(line.box, glyph) for glyph in known)]
    found = Recognised(edges=_edges(part, left / across, top / down, across, down))
    if _is_turned(lines):
        return Recognised(losses=[Loss("turned_text", box=box)])
    lines = _straightened(lines, found)
    _take(lines, found, first)
    _second_look(image, box, (width, height), (*known, *found.glyphs), found, first + len(found.glyphs))
    return found


def _lines(part: Any) -> list[_Line]:
    with _ENGINE:
        result = _engine()(part[:, :, :3] if part.ndim == 3 else part, return_word_box=True, return_single_char_box=True)  # noqa: PLR2004
    if result.boxes is None:
        return []
    by_line = zip(result.boxes, result.txts, result.scores, result.word_results or [()] * len(result.txts), strict=False)
    return [_line([(float(x), float(y)) for x, y in corners], str(text), float(score), words) for corners, text, score, words in by_line]


def _line(corners: list[tuple[float, float]], text: str, score: float, words: Any) -> _Line:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    (ax, ay), (bx, by) = corners[0], corners[1]
    characters = tuple(
        (str(word[0]), min(float(x) for x, _ in word[2]), max(float(x) for x, _ in word[2]), float(word[1]))
        for word in words
        if word[2] is not None
    )
    same = "".join(word for word, *_ in characters) == "".join(text.split())
    box = (min(xs), min(ys), max(xs), max(ys))
    return _Line(box, text, score, math.degrees(math.atan2(by - ay, bx - ax)), characters if same else ())


def _moved(line: _Line, left: int, top: int, across: float, down: float) -> _Line:
    x0, y0, x1, y1 = line.box
    box = ((x0 + left) / across, (y0 + top) / down, (x1 + left) / across, (y1 + top) / down)
    characters = tuple((text, (a + left) / across, (b + left) / across, score) for text, a, b, score in line.characters)
    return _Line(box, line.text, line.score, line.slant, characters)


def _edges(part: Any, x: float, y: float, across: float, down: float) -> list[Edge]:
    return [
        Edge(
            edge.is_upright,
            edge.at + (x if edge.is_upright else y),
            *(end + (y if edge.is_upright else x) for end in (edge.start, edge.end)),
        )
        for edge in ruled_lines(part, part.shape[1] / across, part.shape[0] / down)
    ]


def _covers(box: Box, glyph: Glyph) -> bool:
    return box[0] <= (glyph.x0 + glyph.x1) / 2 <= box[2] and box[1] <= glyph.baseline - 0.3 * glyph.size <= box[3]


def _is_turned(lines: Sequence[_Line]) -> bool:
    """Whether most lines of several characters run downwards: the scan lies on its side."""
    several = [line for line in lines if len(line.text) > 1]
    high = sum(line.box[3] - line.box[1] > _HIGH * (line.box[2] - line.box[0]) for line in several)
    return high * 2 > len(several)


def _straightened(lines: list[_Line], found: Recognised) -> list[_Line]:
    """Lines of a skewed scan set level, rules with them; what slants otherwise is a watermark or a stamp, and left out."""
    wide = [line.slant for line in lines if line.box[2] - line.box[0] > 4 * (line.box[3] - line.box[1])]
    skew = median(wide) if wide else 0.0
    kept = [line for line in lines if abs(line.slant - skew) < _SLANTED or len(line.text) < 2]  # noqa: PLR2004 - one character has no direction
    if abs(skew) < _SKEWED:
        return kept
    found.edges = []
    sine = math.sin(math.radians(skew))
    level = []
    for line in kept:
        x0, y0, x1, y1 = line.box
        rise, thick = (x1 - x0) * abs(sine), y1 - y0
        middle = (y0 + y1) / 2 - (x0 + x1) / 2 * sine
        half = max(thick - rise, thick / 2) / 2
        level.append(replace(line, box=(x0, middle - half, x1, middle + half), slant=0.0))
    return level


def _take(lines: Sequence[_Line], found: Recognised, first: int) -> None:
    """The characters of all lines that are sure enough; the others are losses."""
    for line in sorted(lines, key=lambda each: (each.box[1], each.box[0])):
        text = line.text.strip()
        if line.score < _LEAST_SCORE:
            found.losses.append(Loss("doubtful_text", box=line.box))
        elif text:
            glyphs = _glyphs(line, text, first + len(found.glyphs))
            found.glyphs += glyphs
            if min(glyph.score or 0.0 for glyph in glyphs) < _LEAST_CHARACTER:
                found.losses.append(Loss("doubtful_character", box=line.box))


def _glyphs(line: _Line, text: str, first: int) -> list[Glyph]:
    """The characters of a line where the engine saw them, or at even shares of it."""
    x0, y0, x1, y1 = line.box
    shares = [_HALF_WIDTH if character.isascii() else 1.0 for character in text]
    step = (x1 - x0) / sum(shares)
    edges = [x0 + step * share for share in accumulate(shares, initial=0.0)]
    seen = line.characters or tuple((each, a, b, line.score) for each, a, b in zip(text, edges, edges[1:], strict=False))
    size, baseline = _TALL * (y1 - y0), y1 - _DEPTH * (y1 - y0)
    glyphs: list[Glyph] = []
    for word, left, right, score in seen:
        part = (right - left) / max(1, len(word))
        for at, character in enumerate(word):
            place = left + at * part
            glyphs.append(Glyph(character, place, place + part, baseline, size, first + len(glyphs), is_upright=True, score=score))
    return glyphs


def _second_look(image: Any, box: Box, page: tuple[float, float], known: Sequence[Glyph], found: Recognised, first: int) -> None:
    """Ink that no line covers is read once more by itself; what still says nothing is a loss."""
    taken = [loss.box for loss in found.losses if loss.box]
    width, height = page
    across, down = image.shape[1] / width, image.shape[0] / height
    for x0, y0, x1, y1 in ink_outside(image, width, height, known):
        if not (box[0] <= (x0 + x1) / 2 <= box[2] and box[1] <= (y0 + y1) / 2 <= box[3]) or any(
            _overlap((x0, y0, x1, y1), each) for each in taken
        ):
            continue
        margin = 0.5 * (y1 - y0)
        left, top = max(0, int((x0 - margin) * across)), max(0, int((y0 - margin) * down))
        part = image[top : int((y1 + margin) * down), left : int((x1 + margin) * across)]
        lines = [_moved(line, left, top, across, down) for line in _lines(part)]
        sure = [
            line
            for line in lines
            if line.score >= _LEAST_SCORE and line.text.strip() and not any(_covers(line.box, each) for each in known)
        ]
        for line in sure:
            found.glyphs += _glyphs(line, line.text.strip(), first)
            first += len(line.text)
        if not sure:
            found.losses.append(Loss("unread_ink", box=(x0, y0, x1, y1)))


def _overlap(box: Box, other: Box) -> bool:
    return min(box[2], other[2]) > max(box[0], other[0]) and min(box[3], other[3]) > max(box[1], other[1])
