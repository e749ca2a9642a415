"""Pictures of pages (.png, .jpg, .tif, .bmp, .webp), read by text recognition as if each were a page of a PDF."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from exports.messages import _
from flows.sources.plans.formats import ocr
from flows.sources.plans.formats.draft import Draft
from flows.sources.plans.formats.pdf_page import Page
from flows.workspace.errors import UnreadableSource

_WIDTH = 595.0  # points of an A4 page, whatever the picture's own measure
_LANDSCAPE = 842.0
_MOST_PIXELS = 80_000_000
_WIDEST = 3000  # pixels: more than recognition needs
_MOST_PAGES = 300


def read(data: bytes, name: str) -> Draft:
    """Rows with their pages, boxes and scores. Without text recognition a picture is an UnreadableSource that says what to install."""
    from flows.sources.plans.formats.pdf import draft_of  # noqa: PLC0415 - which reads pictures on its pages

    if not ocr.is_installed():
        found = _("a picture, which needs text recognition (OCR)")
        raise UnreadableSource(name, found, _("the text of a plan"), _(ocr.REMEDY))
    pages = [_recognised(image, number) for number, image in enumerate(_images(data, name), start=1)]
    if not any(page.glyphs for page in pages):
        found = _("a picture without text that can be recognised")
        raise UnreadableSource(name, found, _("the text of a plan"), _("Fetch the file again."))
    return draft_of(pages)


def _images(data: bytes, name: str) -> Iterator[Any]:
    """The pixels of each page, upright as the camera held it."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            for number, frame in enumerate(ImageSequence.Iterator(opened)):
                if number >= _MOST_PAGES or frame.width * frame.height > _MOST_PIXELS:
                    found = _("{width}×{height} pixels, page {page}", width=frame.width, height=frame.height, page=number + 1)
                    expected = _("at most {count} pages of {pixels} pixels", count=_MOST_PAGES, pixels=_MOST_PIXELS)
                    raise UnreadableSource(name, found, expected, _("Split or shrink it."))
                upright = ImageOps.exif_transpose(frame.copy()).convert("RGB")
                upright.thumbnail((_WIDEST, 4 * _WIDEST))
                yield np.asarray(upright)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as fault:
        found = _("a damaged picture ({fault})", fault=fault)
        raise UnreadableSource(name, found, _("a picture"), _("Fetch the file again.")) from fault


def _recognised(image: Any, number: int) -> Page:
    width = _WIDTH if image.shape[1] <= image.shape[0] else _LANDSCAPE
    height = width * image.shape[0] / image.shape[1]
    found = ocr.recognise(image, (0.0, 0.0, width, height), width, height, [], 0)
    return Page(number, width, height, found.glyphs, found.edges, [], losses=[replace(loss, page=number) for loss in found.losses])
