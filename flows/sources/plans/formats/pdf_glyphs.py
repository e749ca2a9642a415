"""The characters of a PDF page with their places, turned the way the page is shown or, if nearly all of it is set otherwise, is to be read."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from pypdfium2 import raw  # type: ignore[import-untyped]  # ships no types

_UPRIGHT = 0.1
_MOST = 0.6
_LARGE = 1.3  # times the usual size: larger and faint is a watermark
_FAINT = (0.6, 0.97)  # luminance
_CLEAR = 128  # of 255: alpha below that shows what lies beneath
_MINORITY = 0.3  # of the characters
_CROSSING = 0.1  # of the faint characters
_SAMPLE = 40
_UNKNOWN = "\ufffd"
MOST_GLYPHS = 100_000
# Fonts without a full character table give radicals and compatibility forms in place of the characters themselves.
_PLAIN = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2E80, 0x2FD6), *range(0xF900, 0xFAD9))}


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character as it stands on the page, in points from the top left corner. `index` is its place in the drawing order.

    `is_square` tells text turned by a right angle from slanting text; `is_mark` a watermark. `score` is that of text recognition.
    """

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    index: int
    is_upright: bool
    is_square: bool = True
    is_mark: bool = False
    score: float | None = None


class Turn:
    """From the page's own coordinates (origin bottom left) to shown ones (origin top left), for pages turned by quarters."""

    def __init__(self, page: Any, more: int = 0) -> None:
        self.left, bottom, right, self.top = page.get_bbox()
        self.bottom, self.right = bottom, right
        self.quarters = (page.get_rotation() // 90 + more) % 4
        width, height = right - self.left, self.top - bottom
        self.width, self.height = (height, width) if self.quarters % 2 else (width, height)

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return (
            (x - self.left, self.top - y),
            (y - self.bottom, x - self.left),
            (self.right - x, y - self.bottom),
            (self.top - y, self.right - x),
        )[self.quarters]


def plain(text: str) -> str:
    """Radicals and compatibility forms as the characters that they stand for; without what is no character."""
    return "".join(_PLAIN.get(ord(character), character) for character in text if _is_character(ord(character)))


def reading_turn(page: Any) -> Turn:
    """How the page is to be turned so that most of its text stands upright."""
    texts = page.get_textpage()
    try:
        count = min(texts.count_chars(), MOST_GLYPHS)
        steps = range(0, count, max(1, count // 200))
        angles = Counter(
            round(raw.FPDFText_GetCharAngle(texts, index) / (math.pi / 2)) % 4
            for index in steps
            if raw.FPDFText_IsGenerated(texts, index) == 0 and raw.FPDFText_GetUnicode(texts, index) > 0x20  # noqa: PLR2004 - a space
        )
    finally:
        texts.close()
    turn = Turn(page)
    most = angles.most_common(1)
    if most and most[0][1] >= _MOST * angles.total() and (most[0][0] + turn.quarters) % 4:
        return Turn(page, -(most[0][0] + turn.quarters))
    return turn


def glyphs_of(page: Any, turn: Turn) -> list[Glyph]:
    """Every character that is drawn, in drawing order; one whose meaning the font does not tell is U+FFFD."""
    texts = page.get_textpage()
    try:
        found = list(_glyphs(texts, turn))
        return list(_marked(texts, found))
    finally:
        texts.close()


def lost_beyond_most(page: Any) -> int:
    """How many characters of a page are more than MOST_GLYPHS, and are not read."""
    texts = page.get_textpage()
    try:
        return max(0, int(texts.count_chars()) - MOST_GLYPHS)
    finally:
        texts.close()


def is_layer(page: Any) -> bool:
    """Whether the page's text is drawn invisibly, as text recognition puts it over a scan."""
    texts = page.get_textpage()
    try:
        count = texts.count_chars()
        modes = [_mode(texts, index) for index in range(0, count, max(1, count // _SAMPLE))]
    finally:
        texts.close()
    known = [mode for mode in modes if mode is not None]
    return bool(known) and sum(mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE for mode in known) * 2 > len(known)


def _mode(texts: Any, index: int) -> int | None:
    drawn = raw.FPDFText_GetTextObject(texts, index)
    return int(raw.FPDFTextObj_GetTextRenderMode(drawn)) if drawn else None


def _glyphs(texts: Any, turn: Turn) -> Iterator[Glyph]:
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    high = 0
    for index in range(min(texts.count_chars(), MOST_GLYPHS)):
        code = raw.FPDFText_GetUnicode(texts, index)
        if 0xD800 <= code < 0xDC00:  # noqa: PLR2004 - first half of a surrogate pair
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:  # noqa: PLR2004 - second half
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        is_unknown = code < 0x20 and code not in {0x02, 0x09, 0x0A, 0x0D}  # noqa: PLR2004 - a hyphen at a line end, blanks
        if raw.FPDFText_IsGenerated(texts, index) == 1 or not (is_unknown or _is_character(code)):
            continue
        raw.FPDFText_GetLooseCharBox(texts, index, box)
        raw.FPDFText_GetCharOrigin(texts, index, x, y)
        corners = turn(box.left, box.bottom), turn(box.right, box.top)
        x0, x1 = sorted((corners[0][0], corners[1][0]))
        size = raw.FPDFText_GetFontSize(texts, index) or 10.0
        turned = (raw.FPDFText_GetCharAngle(texts, index) + turn.quarters * math.pi / 2) % (2 * math.pi)
        is_upright = min(turned, 2 * math.pi - turned) < _UPRIGHT
        off = turned % (math.pi / 2)
        height = abs(corners[0][1] - corners[1][1])
        text = _UNKNOWN if is_unknown else _PLAIN.get(code, chr(code))
        yield Glyph(text, x0, x1, turn(x.value, y.value)[1], height or size, index, is_upright, min(off, math.pi / 2 - off) < _UPRIGHT)


def _marked(texts: Any, glyphs: list[Glyph]) -> Iterator[Glyph]:
    """The same characters, those of watermarks marked: faint, and much larger than the others or printed across them."""
    usual = median(glyph.size for glyph in glyphs) if glyphs else 0.0
    faint = {glyph.index for glyph in glyphs if not glyph.text.isspace() and _is_faint(texts, glyph.index)}
    marks = {glyph.index for glyph in glyphs if glyph.index in faint and glyph.size > _LARGE * usual}
    small = [glyph for glyph in glyphs if glyph.index in faint - marks]
    if small and len(faint) < _MINORITY * len(glyphs):
        dark = {_square(glyph, usual) for glyph in glyphs if glyph.index not in faint and not glyph.text.isspace()}
        crossing = sum(_square(glyph, usual) in dark for glyph in small)
        marks |= {glyph.index for glyph in small} if crossing > _CROSSING * len(small) else set()
    for glyph in glyphs:
        yield replace(glyph, is_mark=True) if glyph.index in marks else glyph


def _square(glyph: Glyph, size: float) -> tuple[int, int]:
    """Where on the page, in squares of one character."""
    return int((glyph.x0 + glyph.x1) / 2 / size), int((glyph.baseline - glyph.size / 3) / size)


def _is_faint(texts: Any, index: int) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFText_GetFillColor(texts, index, red, green, blue, alpha):
        return False
    luminance = (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value) / 255
    return alpha.value < _CLEAR or _FAINT[0] <= luminance <= _FAINT[1]


def _is_character(code: int) -> bool:
    return code >= 0x20 and not 0xD800 <= code < 0xE000 and code not in {0xFFFE, 0xFFFF} and code <= 0x10FFFF  # noqa: PLR2004
