"""Word documents: paragraphs with the numbers Word generates, tables, text boxes, as the reader of the final version sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.sources.plans.formats.docx_numbers import Numbers
from flows.sources.plans.formats.docx_package import Package, child, is_on, local, value, whole
from flows.sources.plans.formats.draft import Draft, Row, one_line
from flows.sources.plans.formats.grid import MOST_COLUMNS, Cell, lay_out
from flows.workspace.errors import UnreadableSource

_WRAPPERS = frozenset(
    {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple", "dir", "bdo", "oMath", "oMathPara"}
)
_MARGINS = frozenset({"header", "footer"})
_NOTES = frozenset({"footnotes", "endnotes"})
_BREAK = "\n"


def read(data: bytes, name: str) -> Draft:
    """Rows in document order, notes after them, then page headers and footers as boilerplate. Deleted and hidden text is left out."""
    package = Package(data, name)
    main, document = package.document()
    related = package.related(main)
    parts = {kind: part for kind, part in related if kind in {"numbering", "styles"}}
    numbers = Numbers(*(package.tree(parts[kind]) if kind in parts else None for kind in ("numbering", "styles")))
    rows = list(_rows(child(document, "body"), numbers))
    rows += [row for kind, part in related if kind in _NOTES for row in _rows(package.tree(part), numbers)]
    if not rows:
        raise UnreadableSource(
            name, "a Word document without text (pictures only?)", "the text of a plan", "Recognise the text first (OCR) / 请先做文字识别。"
        )
    margins = {row.text: row for kind, part in related if kind in _MARGINS for row in _rows(package.tree(part), numbers)}
    return Draft(rows + [Row(text, "boilerplate") for text in margins])


def _rows(container: Any, numbers: Numbers) -> Iterator[Row]:
    """Rows of the paragraphs and tables in a body, a cell, a text box or a header."""
    for element in () if container is None else container.iterchildren():
        match local(element):
            case "p":
                yield from _paragraph(element, numbers)
            case "tbl":
                yield from _table(element, numbers)
            case "AlternateContent":
                yield from _rows(_chosen(element), numbers)
            case "footnote" | "endnote" if value(element, "type") is None:
                yield from _rows(element, numbers)
            case name if name in _WRAPPERS:
                yield from _rows(element, numbers)


def _paragraph(paragraph: Any, numbers: Numbers) -> Iterator[Row]:
    boxes: list[Any] = []
    properties = child(paragraph, "pPr")
    number = "" if is_on(child(properties, "rPr", "del")) else numbers.number_of(properties)
    lines = "".join(_words(paragraph, boxes)).split(_BREAK)
    kind = numbers.kind_of(properties)
    for line in lines:
        text = one_line(line)
        if text:
            yield Row(number + text, kind)
            number = ""
    for box in boxes:
        yield from _rows(box, numbers)


def _words(element: Any, boxes: list[Any]) -> Iterator[str]:
    """Visible text of a paragraph or a part of it; text boxes on the way are put into `boxes`."""
    for each in element.iterchildren():
        match local(each):
            case "t" | "tab" | "ptab" | "br" | "cr" | "noBreakHyphen" as name:
                yield _printed(each, name)
            case "r" if not is_on(child(each, "rPr", "vanish")):
                yield from _words(each, boxes)
            case "drawing" | "pict" | "object":
                boxes.extend(_outermost_boxes(each))
            case "AlternateContent":
                chosen = _chosen(each)
                yield from () if chosen is None else _words(chosen, boxes)
            case "ruby":
                base = child(each, "rubyBase")
                yield from () if base is None else _words(base, boxes)
            case name if name in _WRAPPERS:
                yield from _words(each, boxes)


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


def _table(table: Any, numbers: Numbers) -> Iterator[Row]:
    """A table of one column only frames its text. A table inside a cell follows the row it stands in."""
    rows = [row for row in _inside(table, "tr") if child(row, "trPr", "del") is None]
    cells = [list(_inside(row, "tc")) for row in rows]
    if all(len(each) < 2 for each in cells):  # noqa: PLR2004 - one column
        for cell in (cell for row in cells for cell in row):
            yield from _rows(cell, numbers)
        return
    inner: list[list[Row]] = []
    laid = lay_out((_cells(row, each, numbers, inner) for row, each in zip(rows, cells, strict=True)), keep_empty=True)
    for row, nested in zip(laid, inner, strict=True):
        if row.text:
            yield row
        yield from nested


def _cells(row: Any, cells: list[Any], numbers: Numbers, inner: list[list[Row]]) -> list[Cell]:
    """The row's cells; rows of tables inside them are put into `inner`."""
    nested: list[Row] = []
    inner.append(nested)
    before = min(whole(child(row, "trPr", "gridBefore"), 0), MOST_COLUMNS)
    laid = [Cell("")] * before
    for cell in cells:
        found = list(_rows(cell, numbers))
        own = [each.text for each in found if each.kind != "table"]
        nested += [each for each in found if each.kind == "table"]
        merge = child(cell, "tcPr", "vMerge")
        goes_on = merge is not None and value(merge) != "restart"
        columns = max(1, whole(child(cell, "tcPr", "gridSpan"), 1))
        laid.append(Cell(None if goes_on else "\n".join(own), columns))
    return laid


def _inside(element: Any, name: str) -> Iterator[Any]:
    """Children of that name, also through content controls and inserted parts; not those of tables further in."""
    for each in element.iterchildren():
        if local(each) == name:
            yield each
        elif local(each) in _WRAPPERS:
            yield from _inside(each, name)
