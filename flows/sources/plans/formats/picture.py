"""Pictures of pages (.png, .jpg, .tif, .bmp, .webp), read by text recognition as if each were a page of a PDF."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from flows.sources.plans.formats import ocr
from flows.sources.plans.formats.draft import Draft
from flows.sources.plans.formats.pdf_page import Page
from flows.workspace.errors import UnreadableSource

_WIDTH = 595.0  # points of an A4 page, whatever the picture's own measure
_LANDSCAPE = 842.0
_MOST_PIXELS = 80_000_000
_WIDEST = 3000  # pixels: more than recognition needs
_MOST_PAGES = 300
_FETCH_AGAIN = "请重新下载该文件。Fetch the file again."


def read(data: bytes, name: str) -> Draft:
    """Rows with their pages, boxes and scores. Without text recognition a picture is an UnreadableSource that says what to install."""
    from flows.sources.plans.formats.pdf import draft_of  # noqa: PLC0415 - which reads pictures on its pages

    if not ocr.is_installed():
        raise UnreadableSource(
            name, "图片文件，需要文字识别 a picture, which needs text recognition (OCR)", "the text of a plan", ocr.REMEDY
        )
    pages = [_recognised(image, number) for number, image in enumerate(_images(data, name), start=1)]
    if not any(page.glyphs for page in pages):
        raise UnreadableSource(
            name, "图片中没有可识别的文字 a picture without text that can be recognised", "the text of a plan", _FETCH_AGAIN
        )
    return draft_of(pages)


def _images(data: bytes, name: str) -> Iterator[Any]:
    """The pixels of each page, upright as the camera held it."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            for number, frame in enumerate(ImageSequence.Iterator(opened)):
                if number >= _MOST_PAGES or frame.width * frame.height > _MOST_PIXELS:
                    found = f"{frame.width}×{frame.height} pixels, page {number + 1}"
                    raise UnreadableSource(
                        name, found, f"at most {_MOST_PAGES} pages of {_MOST_PIXELS} pixels", "请拆分或缩小图片。Split or shrink it."
                    )
                upright = ImageOps.exif_transpose(frame.copy()).convert("RGB")
                upright.thumbnail((_WIDEST, 4 * _WIDEST))
                yield np.asarray(upright)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as fault:
        raise UnreadableSource(name, f"损坏的图片 a damaged picture ({fault})", "a picture", _FETCH_AGAIN) from fault


def _recognised(image: Any, number: int) -> Page:
    width = _WIDTH if image.shape[1] <= image.shape[0] else _LANDSCAPE
    height = width * image.shape[0] / image.shape[1]
    found = ocr.recognise(image, (0.0, 0.0, width, height), width, height, [], 0)
    return Page(number, width, height, found.glyphs, found.edges, [], losses=[replace(loss, page=number) for loss in found.losses])
