"""OFD, the national format for fixed pages (GB/T 33190-2016): characters and lines with their places, read like the pages of a PDF."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from exports.messages import _
from flows.sources.plans.formats.docx_package import Package, child, local
from flows.sources.plans.formats.draft import Draft
from flows.sources.plans.formats.losses import Box, Loss
from flows.sources.plans.formats.pdf_glyphs import MOST_GLYPHS, Glyph, plain
from flows.sources.plans.formats.pdf_page import Edge, Page, edges_of, sides_of
from flows.sources.plans.formats.pdf_unread import is_garbled
from flows.workspace.errors import UnreadableSource

_POINTS = 72 / 25.4  # OFD measures in millimetres
_A4 = (210.0, 297.0)
_MOST_PAGES = 3000
_LARGE = 1 / 8
_FEW = 30
_UNREAD = {"page_without_text", "garbled_text"}
_REPEAT = re.compile(r"g\s+(\d+)\s+(-?[\d.]+)|(-?[\d.]+(?:[eE]-?\d+)?)")
_PATH = re.compile(r"([SMLQBACZ])([^SMLQBACZ]*)")

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def read(data: bytes, name: str) -> Draft:
    """Rows with their pages. Pages that are pictures only are losses; a document of such pages alone is refused."""
    from flows.sources.plans.formats.pdf import draft_of  # noqa: PLC0415 - modules of the PDF reader name each other

    package = Package(data, name)
    pages = [_page(content, box, number) for number, (content, box) in enumerate(_contents(package), start=1)]
    inked = sum(not glyph.text.isspace() for page in pages for glyph in page.glyphs)
    if not inked or all({loss.kind for loss in page.losses} & _UNREAD for page in pages):
        found, expected = _("an OFD without text (a scan?)"), _("an OFD with text in it")
        raise UnreadableSource(name, found, expected, _("Recognise the text first (OCR)."))
    return draft_of(pages)


def _contents(package: Package) -> Iterator[tuple[list[Any], Box]]:
    """For each page its templates' and its own content, and its box in millimetres."""
    root = package.tree("OFD.xml")
    first = None if root is None else next(root.iter("{*}DocRoot"), None)
    main = posixpath.normpath((first.text or "").strip().lstrip("/")) if first is not None else ""
    document = package.tree(main)
    if document is None:
        found, expected = _("an archive without a document in it"), _("an OFD file")
        raise UnreadableSource(package.name, found, expected, _("Fetch the file again, or save it as PDF."))
    folder = posixpath.dirname(main)
    area = _box(next((each for each in document.iter("{*}PhysicalBox")), None), (0.0, 0.0, *_A4))
    templates = {each.get("ID"): _joined(folder, each.get("BaseLoc")) for each in document.iter("{*}TemplatePage")}
    for number, each in enumerate(document.iter("{*}Page")):
        if number >= _MOST_PAGES:
            found, expected = _("over {count} pages", count=_MOST_PAGES), _("1 to {count} pages", count=_MOST_PAGES)
            raise UnreadableSource(package.name, found, expected, _("Split the document."))
        tree = package.tree(_joined(folder, each.get("BaseLoc")))
        if tree is None:
            continue
        used = [package.tree(templates.get(use.get("TemplateID"), "")) for use in tree.iterchildren("{*}Template")]
        own = child(tree, "Area", "PhysicalBox")
        yield [part for part in (*used, tree) if part is not None], _box(own, area)


def _joined(folder: str, path: str | None) -> str:
    path = (path or "").strip()
    return path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))


def _box(element: Any, otherwise: Box) -> Box:
    numbers = _numbers("" if element is None else element.text)
    return (numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3]) if len(numbers) == 4 else otherwise  # noqa: PLR2004


def _numbers(text: str | None) -> list[float]:
    try:
        return [float(each) for each in (text or "").split()]
    except ValueError:
        return []


def _page(parts: list[Any], box: Box, number: int) -> Page:
    width, height = (box[2] - box[0]) * _POINTS, (box[3] - box[1]) * _POINTS
    glyphs: list[Glyph] = []
    edges: list[Edge] = []
    shades: list[Edge] = []
    pictures, beyond = 0.0, 0
    for element in (each for part in parts for each in part.iter() if isinstance(each.tag, str)):
        match local(element):
            case "TextObject" if element.get("Visible") != "false":
                if len(glyphs) < MOST_GLYPHS:
                    glyphs += _glyphs(element, box, len(glyphs))
                else:
                    beyond += sum(len(code.text or "") for code in element.iter("{*}TextCode"))
            case "PathObject" if element.get("Visible") != "false":
                for points in _paths(element, box):
                    found = list(edges_of(points, stroked=element.get("Stroke") != "false"))
                    edges += found
                    shades += [] if found or element.get("Fill") != "true" else sides_of(points)
            case "ImageObject":
                area = _numbers(element.get("Boundary"))
                pictures += area[2] * area[3] if len(area) == 4 else 0.0  # noqa: PLR2004
    page = Page(number, width, height, glyphs, edges, shades)
    inked = sum(not glyph.text.isspace() for glyph in glyphs)
    if inked < _FEW and pictures * _POINTS**2 > 2 * _LARGE * width * height:
        page.losses.append(Loss("page_without_text", number, (0.0, 0.0, width, height)))
    elif is_garbled("".join(glyph.text for glyph in glyphs)):
        page.losses.append(Loss("garbled_text", number, (0.0, 0.0, width, height)))
        glyphs.clear()
    if beyond:
        page.losses.append(Loss("many_characters", number, detail=f"{beyond:,}"))
    return page


def _matrix(element: Any) -> Matrix:
    found = _numbers(element.get("CTM"))
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if len(found) == 6 else _SAME  # noqa: PLR2004


def _placed(matrix: Matrix, origin: list[float], box: Box, x: float, y: float) -> tuple[float, float]:
    """A point of an object in points from the page's top left corner."""
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e + origin[0] - box[0]) * _POINTS, (b * x + d * y + f + origin[1] - box[1]) * _POINTS


def _glyphs(element: Any, box: Box, first: int) -> Iterator[Glyph]:
    """The characters of a text object. DeltaX has the steps between them ("g 3 5.1" is three steps of 5.1)."""
    origin, matrix = _numbers(element.get("Boundary"))[:2], _matrix(element)
    size = next(iter(_numbers(element.get("Size"))), 0.0)
    if len(origin) < 2 or size <= 0:  # noqa: PLR2004
        return
    is_upright, is_square = abs(matrix[1]) < 0.1 * abs(matrix[0]) and matrix[0] > 0, min(abs(matrix[0]), abs(matrix[1])) < 0.1  # noqa: PLR2004
    x = y = 0.0
    for code in element.iterchildren("{*}TextCode"):
        x = next(iter(_numbers(code.get("X"))), x)
        y = next(iter(_numbers(code.get("Y"))), y)
        text = (code.text or "").strip("\r\n")
        across, down = _steps(code.get("DeltaX"), len(text)), _steps(code.get("DeltaY"), len(text))
        for index, character in enumerate(text):
            wide = size if character > "\xff" else size / 2
            left, baseline = _placed(matrix, origin, box, x, y)
            right, _baseline = _placed(matrix, origin, box, x + wide, y)
            known = plain(character)
            if known:
                height = size * _POINTS * (abs(matrix[3]) or abs(matrix[1]) or 1.0)
                yield Glyph(known, min(left, right), max(left, right), baseline, height, first, is_upright, is_square)
                first += 1
            x += across[index] if index < len(across) else 0.0
            y += down[index] if index < len(down) else 0.0


def _steps(text: str | None, most: int) -> list[float]:
    steps: list[float] = []
    for times, step, single in _REPEAT.findall(text or ""):
        steps += [float(step)] * min(int(times), most) if times else [float(single)]
        if len(steps) > most:
            break
    return steps


def _paths(element: Any, box: Box) -> Iterator[list[tuple[float, float]]]:
    """The corner points of each part of a path; parts with curves are left out."""
    origin, matrix = _numbers(element.get("Boundary"))[:2], _matrix(element)
    data = next((each.text or "" for each in element.iterchildren("{*}AbbreviatedData")), "")
    if len(origin) < 2 or len(data) > 1 << 20:  # noqa: PLR2004
        return
    points: list[tuple[float, float]] = []
    for command, printed in _PATH.findall(data):
        numbers = _numbers(printed)
        if command == "Z" or len(numbers) < 2:  # noqa: PLR2004
            points += points[:1]
            continue
        if command in "SM":
            yield points
            points = []
        points = [] if command in "QBA" else [*points, _placed(matrix, origin, box, numbers[-2], numbers[-1])]
    yield points
