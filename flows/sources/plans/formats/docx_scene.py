"""What surrounds the text of a Word document: lists and styles, parts that it takes in, pictures, and what of these was not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from flows.sources.plans.formats.docx_numbers import Numbers
from flows.sources.plans.formats.docx_package import Package, child, local, relation, whole
from flows.sources.plans.formats.draft import Row
from flows.sources.plans.formats.losses import Loss
from flows.workspace.errors import UnreadableSource

_POINTS_AN_EMU = 1 / 12700
_POINTS_A_TWIP = 1 / 20
_A4 = (11906, 16838)
_LARGE = 1 / 8  # of the page; seals and emblems are smaller
_DEEPEST = 3
_LENGTH = re.compile(r"(width|height)\s*:\s*([\d.]+)\s*(pt|in|cm|mm|px)", re.IGNORECASE)
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75}
_FORMULA = re.compile(r"Equation|MathType", re.IGNORECASE)


def page_area(document: Any) -> float:
    """Square points of the first section's page; those of A4 where it does not say."""
    sizes = next(document.iter("{*}pgSz"), None)
    wide, high = whole(sizes, _A4[0], "w") or _A4[0], whole(sizes, _A4[1], "h") or _A4[1]
    return wide * high * _POINTS_A_TWIP**2


@dataclass(slots=True)
class Scene:
    """The document while it is read; `losses` grows."""

    package: Package
    main: str
    numbers: Numbers
    area: float
    losses: list[Loss] = field(default_factory=list)

    def chunk(self, element: Any) -> Iterator[Row]:
        """The rows of a file that the document takes in (w:altChunk, w:subDoc), of whichever format."""
        from flows.sources.plans.formats.readers import read_draft  # noqa: PLC0415 - it reads Word documents too

        part = self.package.target(self.main, relation(element))
        suffix = f".{part.rpartition('.')[2].lower()}" if part else ""
        if part is None or self.package.depth >= _DEEPEST:
            self.losses.append(Loss("attached_part", detail=part or local(element)))
            return
        try:
            draft, _ = read_draft(self.package.data(part), f"{self.package.name}/{part}", suffix)
        except UnreadableSource:
            self.losses.append(Loss("attached_part", detail=part))
            return
        self.losses += draft.losses
        yield from (row for row in draft.rows if row.text)

    def pictures(self, drawing: Any) -> Iterator[Any]:
        """Large pictures among a drawing's contents; embedded objects, diagrams and charts are losses."""
        for each in drawing.iter("{*}OLEObject"):
            if not _FORMULA.search(each.get("ProgID", "")):
                self.losses.append(Loss("attached_part", detail=each.get("ProgID", "")[:80]))
        for each in drawing.iter("{*}graphicData"):
            if each.get("uri", "").rpartition("/")[2] in {"diagram", "chart"}:
                self.losses.append(Loss("drawing", detail=each.get("uri", "").rpartition("/")[2]))
        if local(drawing) != "object" and self._is_large(drawing) and self._image(drawing):
            yield drawing

    def recognised(self, drawing: Any) -> Iterator[Row]:
        """The rows of a large picture, by text recognition where that is installed; otherwise it is a loss."""
        from flows.sources.plans.formats import ocr, picture  # noqa: PLC0415 - heavy, and few documents need it

        part = self._image(drawing) or ""
        if not ocr.is_installed():
            self.losses.append(Loss("picture", detail=part))
            return
        try:
            draft = picture.read(self.package.data(part), part)
        except UnreadableSource:
            self.losses.append(Loss("picture", detail=part))
            return
        self.losses += [replace(loss, page=None, box=None, detail=part) for loss in draft.losses]
        yield from (replace(row, page=None) for row in draft.rows if row.text)

    def _image(self, drawing: Any) -> str | None:
        found = next((each for name in ("blip", "imagedata") for each in drawing.iter(f"{{*}}{name}")), None)
        identity = None if found is None else relation(found, "embed") or relation(found, "id")
        return self.package.target(self.main, identity)

    def _is_large(self, drawing: Any) -> bool:
        return max((wide * high for wide, high in _sizes(drawing)), default=0.0) >= _LARGE * self.area


def _sizes(drawing: Any) -> Iterator[tuple[float, float]]:
    """Width and height in points of a DrawingML picture, or of VML shapes by their styles."""
    for extent in (child(drawing, "inline", "extent"), child(drawing, "anchor", "extent")):
        if extent is not None and (extent.get("cx") or "").isdigit() and (extent.get("cy") or "").isdigit():
            yield int(extent.get("cx")) * _POINTS_AN_EMU, int(extent.get("cy")) * _POINTS_AN_EMU
    for shape in drawing.iter("{*}shape", "{*}rect"):
        found = {name.lower(): float(number) * _POINTS[unit.lower()] for name, number, unit in _LENGTH.findall(shape.get("style", ""))}
        if {"width", "height"} <= found.keys():
            yield found["width"], found["height"]
