"""What pdfium leaves out: a character drawn alone, in a font that is neither in the file nor on the machine, has no width to it.

Pages with such characters are read by pdfplumber, which is slower and asks no font for its shapes.
"""

from __future__ import annotations

import io
from typing import Any

from pypdfium2 import raw  # type: ignore[import-untyped]  # ships no types

_NO_WIDTH = 0.01


def has_lost_characters(page: Any) -> bool:
    """Whether a text object of the pdfium `page` has no width and a font that is not embedded."""
    for each in page.get_objects(filter=(raw.FPDF_PAGEOBJ_TEXT,)):
        font = raw.FPDFTextObj_GetFont(each)
        if font and raw.FPDFFont_GetIsEmbedded(font) == 0:
            left, _, right, _ = each.get_bounds()
            if right - left < _NO_WIDTH:
                return True
    return False


class SecondReader:
    """The same file in pdfplumber, opened when first asked for a page."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._document: Any = None

    def characters(self, index: int) -> list[tuple[str, float, float, float, float, bool]]:
        """(text, left, right, baseline, size, upright) of each character of page `index`, in drawing order, from the top left corner.

        Raises ValueError where pdfplumber cannot read what pdfium could.
        """
        import pdfplumber  # noqa: PLC0415 - takes a third of a second, and few files need it

        try:
            self._document = self._document or pdfplumber.open(io.BytesIO(self._data))
            page = self._document.pages[index]
            height = float(page.height)
            found = [
                (_known(char["text"]), char["x0"], char["x1"], height - char["matrix"][5], char["size"], char["upright"])
                for char in page.chars
            ]
            page.close()
        except Exception as fault:  # a damaged file leads pdfminer to raise whatever comes
            raise ValueError(f"pdfplumber: {fault or type(fault).__name__}") from fault
        return found


def _known(text: str) -> str:
    """Pdfplumber writes a glyph of unknown meaning as "(cid:12)"."""
    return "\ufffd" if text.startswith("(cid:") else text
