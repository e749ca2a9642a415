"""Word documents: paragraphs with the numbers Word generates, tables, text boxes, as the reader of the final version sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exports.messages import _
from flows.sources.plans.formats.docx_numbers import Numbers
from flows.sources.plans.formats.docx_package import Package, child, is_on, local, value, whole
from flows.sources.plans.formats.docx_scene import Scene, page_area
from flows.sources.plans.formats.draft import PARAGRAPH, Draft, Row, one_line
from flows.sources.plans.formats.grid import MOST_COLUMNS, Cell, lay_out
from flows.sources.plans.formats.losses import with_losses
from flows.workspace.errors import UnreadableSource

_WRAPPERS = frozenset(
    {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple", "dir", "bdo", "oMath", "oMathPara"}
)
_MARGINS = frozenset({"header", "footer"})
_NOTES = frozenset({"footnotes", "endnotes"})
_PROPERTIES = frozenset({"core-properties", "custom-properties"})
_BREAK = "\n"


def read(data: bytes, name: str) -> Draft:
    """Rows in document order, notes after them, then page headers and footers as boilerplate. Deleted and hidden text is left out."""
    package = Package(data, name)
    main, document = package.document()
    related = package.related(main)
    parts = {kind: part for kind, part in related if kind in {"numbering", "styles"}}
    numbers = Numbers(*(package.tree(parts[kind]) if kind in parts else None for kind in ("numbering", "styles")))
    scene = Scene(package, main, numbers, page_area(document))
    rows = list(_rows(child(document, "body"), scene))
    rows += [row for kind, part in related if kind in _NOTES for row in _rows(package.tree(part), scene)]
    if not rows:
        found = with_losses(_("a Word document without text"), (loss.found for loss in scene.losses))
        raise UnreadableSource(name, found, _("the text of a plan"), _("Recognise the text first (OCR), or install gongkai[ocr]."))
    margins = {row.text: row for kind, part in related if kind in _MARGINS for row in _rows(package.tree(part), scene)}
    return Draft(rows + [Row(text, "boilerplate") for text in margins], losses=scene.losses, unseen=list(_unseen(package, main, related)))


def _unseen(package: Package, main: str, related: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What is no text of the document: the file's properties, comments, and the words of watermarks and of lettering that is drawn."""
    for kind, part in package.related(""):
        if kind in _PROPERTIES and (tree := package.tree(part)) is not None:
            yield from ((each.get("name") or local(each), text) for each in tree.iter() if (text := one_line("".join(_own_texts(each)))))
    for kind, part in related:
        if kind == "comments" and (tree := package.tree(part)) is not None:
            yield from (("批注", text) for each in tree.iter("{*}p") if (text := one_line("".join(each.itertext()))))
    for part in (main, *(part for kind, part in related if kind in _MARGINS)):
        if (tree := package.tree(part)) is not None:
            yield from (
                ("水印", text)
                for each in tree.iter("{urn:schemas-microsoft-com:vml}textpath")
                if (text := one_line(each.get("string") or ""))
            )


def _own_texts(element: Any) -> Iterator[str]:
    """The text of a property: its own, or that of the typed value in it."""
    yield element.text or ""
    if element.get("name"):
        yield from (each.text or "" for each in element.iterchildren())


def _rows(container: Any, scene: Scene) -> Iterator[Row]:
    """Rows of the paragraphs and tables in a body, a cell, a text box or a header."""
    for element in () if container is None else container.iterchildren():
        match local(element):
            case "p":
                yield from _paragraph(element, scene)
            case "tbl":
                yield from _table(element, scene)
            case "AlternateContent":
                yield from _rows(_chosen(element), scene)
            case "altChunk" | "subDoc":
                yield from scene.chunk(element)
            case "footnote" | "endnote" if value(element, "type") is None:
                yield from _rows(element, scene)
            case name if name in _WRAPPERS:
                yield from _rows(element, scene)


def _paragraph(paragraph: Any, scene: Scene) -> Iterator[Row]:
    """One row a printed line. In a cell a number without text is a row too: so Word counts the rows of a table."""
    boxes: list[Any] = []
    properties = child(paragraph, "pPr")
    numbers = scene.numbers
    is_gone = is_on(child(properties, "rPr", "del")) or numbers.hides(properties, "pStyle")
    number = "" if is_gone else numbers.number_of(properties)
    hides = numbers.hides(properties if child(properties, "rPr", "vanish") is None else None, "pStyle")
    lines = "".join(_words(paragraph, boxes, scene, hides=hides)).split(_BREAK)
    kind = numbers.kind_of(properties)
    texts = [text for text in map(one_line, lines) if text]
    if not texts and number and local(paragraph.getparent()) == "tc":
        texts, number = [number.strip()], ""
    for index, text in enumerate(texts):
        yield Row(("" if index else number) + text, kind, is_wrapped=index > 0)
    for box in boxes:
        yield from scene.recognised(box) if local(box) in {"drawing", "pict"} else _rows(box, scene)


def _words(element: Any, boxes: list[Any], scene: Scene, *, hides: bool) -> Iterator[str]:
    """Visible text of a paragraph or a part of it; text boxes and pictures on the way are put into `boxes`.

    `hides` says whether the paragraph's style hides what does not say otherwise.
    """
    for each in element.iterchildren():
        match local(each):
            case "t" | "tab" | "ptab" | "br" | "cr" | "noBreakHyphen" as name:
                yield _printed(each, name)
            case "r":
                if not _is_hidden(child(each, "rPr"), scene, hides=hides):
                    yield from _words(each, boxes, scene, hides=hides)
            case "drawing" | "pict" | "object":
                boxes.extend(_outermost_boxes(each))
                boxes.extend(scene.pictures(each))
            case "AlternateContent":
                chosen = _chosen(each)
                yield from () if chosen is None else _words(chosen, boxes, scene, hides=hides)
            case "ruby":
                base = child(each, "rubyBase")
                yield from () if base is None else _words(base, boxes, scene, hides=hides)
            case name if name in _WRAPPERS:
                yield from _words(each, boxes, scene, hides=hides)


def _is_hidden(properties: Any, scene: Scene, *, hides: bool) -> bool:
    """Whether a run is hidden: by itself, by its style, or by its paragraph's style."""
    if child(properties, "vanish") is None and child(properties, "rStyle") is None:
        return hides
    return scene.numbers.hides(properties, "rStyle")


def _printed(element: Any, name: str) -> str:
    if name == "t":
        return element.text or ""
    if name == "br" and value(element, "type") in {"page", "column"}:
        return ""
    return {"br": _BREAK, "cr": _BREAK, "noBreakHyphen": "-"}.get(name, "\t")


def _chosen(alternatives: Any) -> Any:
    """Of the versions of one drawing, the first that holds text; they repeat each other."""
    versions = list(alternatives.iterchildren("{*}Choice", "{*}Fallback"))
    return next((each for each in versions if next(each.iter("{*}t"), None) is not None), versions[0] if versions else None)


def _outermost_boxes(drawing: Any) -> Iterator[Any]:
    """Contents of text boxes; a box inside a box comes with the outer one, a drawing's second version not at all."""
    waiting = list(reversed(list(drawing.iterchildren())))
    while waiting:
        element = waiting.pop()
        name = local(element)
        if name == "txbxContent":
            yield element
        elif name == "AlternateContent":
            chosen = _chosen(element)
            waiting += [] if chosen is None else [chosen]
        else:
            waiting += reversed(list(element.iterchildren()))


def _table(table: Any, scene: Scene) -> Iterator[Row]:
    """A table of one column only frames its text. A table inside a cell follows the row it stands in."""
    rows = [row for row in _inside(table, "tr") if child(row, "trPr", "del") is None and not is_on(child(row, "trPr", "hidden"))]
    cells = [list(_inside(row, "tc")) for row in rows]
    if all(len(each) < 2 for each in cells):  # noqa: PLR2004 - one column
        for cell in (cell for row in cells for cell in row):
            yield from _rows(cell, scene)
        return
    inner: list[list[Row]] = []
    laid = lay_out((_cells(row, each, scene, inner) for row, each in zip(rows, cells, strict=True)), keep_empty=True)
    for row, nested in zip(laid, inner, strict=True):
        if row.text:
            yield row
        yield from nested


def _cells(row: Any, cells: list[Any], scene: Scene, inner: list[list[Row]]) -> list[Cell]:
    """The row's cells; rows of tables inside them are put into `inner`."""
    nested: list[Row] = []
    inner.append(nested)
    before = min(whole(child(row, "trPr", "gridBefore"), 0), MOST_COLUMNS)
    laid = [Cell("")] * before
    for cell in cells:
        found = list(_rows(cell, scene))
        own = "".join((_BREAK if each.is_wrapped else PARAGRAPH) + each.text for each in found if each.kind != "table")
        nested += [each for each in found if each.kind == "table"]
        merge = child(cell, "tcPr", "vMerge")
        goes_on = merge is not None and value(merge) != "restart"
        columns = max(1, whole(child(cell, "tcPr", "gridSpan"), 1))
        laid.append(Cell(None if goes_on else own, columns))
    return laid


def _inside(element: Any, name: str) -> Iterator[Any]:
    """Children of that name, also through content controls and inserted parts; not those of tables further in."""
    for each in element.iterchildren():
        if local(each) == name:
            yield each
        elif local(each) in _WRAPPERS:
            yield from _inside(each, name)
