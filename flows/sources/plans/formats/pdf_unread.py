"""Parts of a PDF page whose text the file does not give: scans, pictures, letters drawn as curves, fonts without meaning, ink beside a text layer.

They are read by text recognition where that is installed (gongkai[ocr]); what remains is a loss with its page and box.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pypdfium2 import raw  # type: ignore[import-untyped]  # ships no types

from exports.messages import N_, _
from flows.sources.limited import allow_more_time
from flows.sources.plans.formats import ocr
from flows.sources.plans.formats.encodings import everyday_share
from flows.sources.plans.formats.ink import ink_outside, ruled_lines
from flows.sources.plans.formats.losses import Box, Loss
from flows.sources.plans.formats.pdf_glyphs import Glyph, is_layer
from flows.sources.plans.formats.pdf_page import Page

_LARGE = 1 / 8  # of the page: seals and emblems are smaller
_FEW = 30  # characters: a page number, a running head
_FEWER = 8  # characters in a picture of part of a page
_LEAST_KNOWN = 20
_UNKNOWN = 0.3
_SOME_UNKNOWN = 5
_EVERYDAY = 0.7
_LEAST_CHINESE = 0.1
_MOST_CURVES = 150
_LOOKED_AT = 20_000
_ENGLISH = re.compile(r"\b(?:the|of|and|in|to|for|on|is|by|with)\b", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WHOLE = N_("the whole page")
_MANY = 4
_PIXELS = 2000  # of the longer side: as many as text recognition takes
_SCALES = (0.5, 4.0)
_PAGE_SECONDS = 60  # of processor time that recognising the text of one page may take


def with_unread(page: Any, seen: Page) -> Page:
    """`seen` (what stands on the pdfium `page`) with the text that was recognised, and losses for what was not.

    Under a layer of invisible text the rules of tables are in the picture only: they are taken from there.
    """
    inked = [glyph for glyph in seen.glyphs if not glyph.text.isspace()]
    if seen.pictures and inked and is_layer(page):
        image = render(page, seen)
        seen = replace(seen, edges=[*seen.edges, *ruled_lines(image, seen.width, seen.height)])
        found = _beside_layer(image, seen, inked)
    else:
        image, found = None, unread(page, seen, inked)
    if not found or not ocr.is_installed():
        is_garbled_ = any(loss.kind == "garbled_text" and loss.detail == _(_WHOLE) for loss in found)
        return replace(seen, glyphs=[] if is_garbled_ else seen.glyphs, losses=[*seen.losses, *found])
    return _recognised(render(page, seen) if image is None else image, seen, found)


def _recognised(image: Any, seen: Page, unread_parts: list[Loss]) -> Page:
    allow_more_time(_PAGE_SECONDS)
    is_whole = any(loss.detail == _(_WHOLE) for loss in unread_parts)
    glyphs, edges, losses = [] if is_whole else list(seen.glyphs), list(seen.edges), list(seen.losses)
    first = 1 + max((glyph.index for glyph in glyphs), default=-1)
    for loss in unread_parts:
        box = (0.0, 0.0, seen.width, seen.height) if is_whole or loss.box is None else loss.box
        found = ocr.recognise(image, box, seen.width, seen.height, glyphs, first)
        glyphs += found.glyphs
        first += len(found.glyphs)
        edges += found.edges
        losses += [replace(each, page=seen.number) for each in found.losses if each.kind != "unread_ink" or loss.kind != "unread_ink"]
    if any(loss.kind == "unread_ink" for loss in unread_parts):
        inked = [glyph for glyph in glyphs if not glyph.text.isspace()]
        losses += [Loss("unread_ink", seen.number, box) for box in ink_outside(image, seen.width, seen.height, inked)]
    return replace(seen, glyphs=glyphs, edges=edges, losses=losses)


def _beside_layer(image: Any, seen: Page, inked: list[Glyph]) -> list[Loss]:
    """Ink of a scan that its text layer does not cover; where that is most of the page, the page has no text."""
    boxes = ink_outside(image, seen.width, seen.height, inked)
    lines = {round(glyph.baseline / 6) for glyph in inked}
    if len(boxes) > max(_MANY, len(lines)):
        return [Loss("page_without_text", seen.number, (0.0, 0.0, seen.width, seen.height))]
    return [Loss("unread_ink", seen.number, box) for box in boxes]


def unread(page: Any, seen: Page, inked: list[Glyph]) -> list[Loss]:
    """What of a page cannot be read from the file, each with its box. The detail of a loss tells where it is the whole page."""
    if is_garbled("".join(glyph.text for glyph in seen.glyphs)):
        return [Loss("garbled_text", seen.number, _box_of(inked), _(_WHOLE))]
    large = _large_pictures(seen, inked)
    whole = seen.width * seen.height
    if len(inked) < _FEW and (sum(map(_area, large)) >= 2 * _LARGE * whole or _is_drawn(page)):
        return [Loss("page_without_text", seen.number, _union(large) or (0.0, 0.0, seen.width, seen.height))]
    losses = [Loss("picture", seen.number, box) for box in large]
    unknown = [glyph for glyph in inked if glyph.text == "\ufffd"]
    if len(unknown) >= _SOME_UNKNOWN:
        losses.append(Loss("garbled_text", seen.number, _box_of(unknown)))
    return losses


def is_garbled(text: str) -> bool:
    """Whether a page's characters are not what its font shows: private or unknown ones, rare ones only, or no Chinese in a long text."""
    inked = "".join(text.split())
    if len(inked) < _LEAST_KNOWN:
        return False
    unknown = sum(each == "\ufffd" or "\ue000" <= each <= "\uf8ff" for each in inked)
    foreign = [each for each in inked if each > "\u02ff"]
    if unknown > _UNKNOWN * len(inked):
        return True
    if len(foreign) >= _LEAST_KNOWN and len(foreign) > _LEAST_CHINESE * len(inked):
        return everyday_share(inked) < _EVERYDAY
    is_strange = len(_CHINESE.findall(inked)) < _LEAST_CHINESE * len(inked)
    return is_strange and len(inked) > 2 * _LEAST_KNOWN and not _is_plain(text)


def _is_plain(text: str) -> bool:
    """English words, or a page of figures."""
    letters = sum(each.isalpha() for each in text)
    digits = sum(each.isdigit() or each in ".,%-+/ " for each in text)
    return len(_ENGLISH.findall(text)) * 50 > letters or digits > 0.7 * len(text)


def render(page: Any, seen: Page) -> Any:
    """The page as pixels (rows by columns by channels), turned the way it is read."""
    more = (seen.quarters - page.get_rotation() // 90) % 4
    scale = min(max(_PIXELS / max(seen.width, seen.height), _SCALES[0]), _SCALES[1])
    bitmap = page.render(scale=scale, grayscale=False, rotation=90 * more)
    return bitmap.to_numpy()


def _large_pictures(seen: Page, inked: list[Glyph]) -> list[Box]:
    """Pictures of some size with hardly a character over them; strips of one scan are one picture."""
    whole = seen.width * seen.height
    pictures = [box for box in _joined(seen.pictures) if _area(box) >= _LARGE * whole]
    few = {box: _FEW if _area(box) > whole / 2 else _FEWER for box in pictures}
    return [box for box in pictures if sum(_holds(box, glyph) for glyph in inked) < few[box]]


def _joined(boxes: Iterable[Box]) -> list[Box]:
    joined: list[Box] = []
    for box in sorted(boxes, key=lambda each: each[1]):
        last = joined[-1] if joined else None
        if last and abs(last[0] - box[0]) < 3 and abs(last[2] - box[2]) < 3 and box[1] - last[3] < 3:  # noqa: PLR2004 - points
            joined[-1] = (last[0], last[1], last[2], max(last[3], box[3]))
        else:
            joined.append(box)
    return joined


def _is_drawn(page: Any) -> bool:
    """Whether a page consists of many small curved shapes, as letters that were turned into outlines."""
    curved = 0
    for number, path in enumerate(page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=3)):
        segments = raw.FPDFPath_CountSegments(path)
        kinds = (raw.FPDFPathSegment_GetType(raw.FPDFPath_GetPathSegment(path, at)) for at in range(min(segments, 400)))
        curved += any(kind == raw.FPDF_SEGMENT_BEZIERTO for kind in kinds)
        if curved >= _MOST_CURVES or number > _LOOKED_AT:
            break
    return curved >= _MOST_CURVES


def _holds(box: Box, glyph: Glyph) -> bool:
    return box[0] <= (glyph.x0 + glyph.x1) / 2 <= box[2] and box[1] <= glyph.baseline - 0.3 * glyph.size <= box[3]


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _union(boxes: list[Box]) -> Box | None:
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _box_of(glyphs: list[Glyph]) -> Box | None:
    return _union([(glyph.x0, glyph.baseline - glyph.size, glyph.x1, glyph.baseline) for glyph in glyphs])
