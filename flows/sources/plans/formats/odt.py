"""OpenDocument texts (.odt, .ott, .fodt): paragraphs with their list numbers and tables, as LibreOffice and WPS write them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from exports.messages import N_, _
from flows.sources.plans.formats.docx_package import Package, child, local
from flows.sources.plans.formats.draft import PARAGRAPH, Draft, Row, one_line
from flows.sources.plans.formats.grid import MOST_COLUMNS, Cell, lay_out
from flows.sources.plans.formats.losses import Loss
from flows.sources.plans.formats.odt_lists import Lists, named, whole
from flows.workspace.errors import UnreadableSource

_CONTAINERS = frozenset(
    {"section", "index-body", "table-of-content", "text-box", "note-body", "page-sequence", "shape", "numbered-paragraph"}
)
_ROWS = frozenset({"table-header-rows", "table-rows", "table-row-group"})
_SKIPPED = frozenset({"tracked-changes", "annotation", "annotation-end", "sequence-decls", "forms", "index-title-template"})
_MOST_REPEATED = 100
_DEEPEST = 60
_LARGE = 5.5  # inches: the sum of width and height of a picture that may hold a page's text
_INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72, "px": 1 / 96}
_REMEDY = N_("Fetch the file again, or open it in LibreOffice and save it.")


@dataclass(slots=True)
class _Scene:
    """Lists, hidden styles and losses while the document is walked."""

    lists: Lists = field(default_factory=Lists)
    hidden: set[str] = field(default_factory=set)
    losses: list[Loss] = field(default_factory=list)
    list_count: int = 0


def read(data: bytes, name: str) -> Draft:
    """Rows in document order; page headers and footers are boilerplate. Hidden and deleted text is left out."""
    content, styles = _parts(data, name)
    scene = _Scene()
    known: dict[str, tuple[str, str]] = {}
    for part in (styles, content):
        for holder in ("styles", "automatic-styles"):
            scene.lists.read(child(part, holder))
            known |= _styles(child(part, holder))
    scene.hidden = _hidden_styles(known)
    body = child(content, "body", "text")
    rows = [] if body is None else list(_rows(body, scene))
    if not rows:
        found, expected = _("a document without text"), _("the text of a plan")
        raise UnreadableSource(name, found, expected, _("Recognise the text first (OCR)."))
    pages = child(styles, "master-styles")
    edges = [] if pages is None else list(pages.iterdescendants("{*}header", "{*}footer"))
    margins = {row.text for each in edges for row in _rows(each, _Scene())}
    return Draft(
        rows + [Row(text, "boilerplate") for text in sorted(margins)], losses=scene.losses, unseen=list(_properties(data, content, name))
    )


def _properties(data: bytes, content: Any, name: str) -> Iterator[tuple[str, str]]:
    """What the file says of itself: title, subject, keywords and fields of its author's own."""
    tree = Package(data, name).tree("meta.xml") if data.startswith(b"PK") else content
    meta = None if tree is None else child(tree, "meta")
    for each in () if meta is None else meta.iterchildren():
        if text := one_line("".join(each.itertext())):
            yield named(each, "name") or local(each), text


def _parts(data: bytes, name: str) -> tuple[Any, Any]:
    """The trees of content and styles; one and the same in a flat file."""
    if data.startswith(b"PK"):
        package = Package(data, name)
        content = package.tree("content.xml")
        if content is None:
            raise UnreadableSource(name, _("an archive without content.xml"), _("an OpenDocument text"), _(_REMEDY))
        return content, package.tree("styles.xml")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise UnreadableSource(name, _("broken XML ({fault})", fault=fault), _("an OpenDocument text"), _(_REMEDY)) from fault
    return root, root


def _hidden_styles(styles: dict[str, tuple[str, str]]) -> set[str]:
    """Names of styles whose text is not shown, by themselves or by the style that they are made from; `styles` has (display, parent)."""
    hidden = set()
    for name in styles:
        chain, at = [name], name
        while not styles[at][0] and styles[at][1] in styles and len(chain) < _DEEPEST:
            at = styles[at][1]
            chain.append(at)
        hidden |= {name} if styles[at][0] == "none" else set()
    return hidden


def _styles(container: Any) -> dict[str, tuple[str, str]]:
    found = () if container is None else container.iterchildren("{*}style")
    return {named(style, "name"): (named(child(style, "text-properties"), "display"), named(style, "parent-style-name")) for style in found}


def _rows(container: Any, scene: _Scene, depth: int = 0) -> Iterator[Row]:
    """Rows of the paragraphs, lists and tables in a body, a section, a cell or a text box."""
    for element in container.iterchildren() if depth < _DEEPEST else ():
        name = local(element)
        if name in _SKIPPED or (name == "section" and named(element, "display") == "none"):
            continue
        if name in {"p", "h"}:
            yield from _paragraph(element, scene, _heading_number(element, scene), depth)
        elif name == "list":
            scene.list_count += 1
            yield from _list(element, scene, f"list {scene.list_count}", "", 1, depth)
        elif name == "table":
            yield from _table(element, scene, depth)
        elif name == "frame":
            yield from _frame(element, scene, depth)
        elif name in _CONTAINERS:
            yield from _rows(element, scene, depth + 1)


def _heading_number(element: Any, scene: _Scene) -> str:
    if local(element) != "h" or not scene.lists.outline or named(element, "is-list-header") == "true":
        return ""
    return scene.lists.next("outline", "outline", whole(element, "outline-level", 1))


def _list(element: Any, scene: _Scene, key: str, style: str, level: int, depth: int) -> Iterator[Row]:
    """Items of a list; one that continues another of its style counts on."""
    style = named(element, "style-name") or style
    if level == 1:
        goes_on = named(element, "continue-numbering") == "true" or bool(named(element, "continue-list"))
        key = f"style {style}"
        if not goes_on:
            scene.lists.begin(key, 1)
    for item in element.iterchildren("{*}list-item", "{*}list-header"):
        is_first = local(item) == "list-item"
        for each in item.iterchildren():
            name = local(each)
            if name == "list" and depth < _DEEPEST:
                yield from _list(each, scene, key, style, level + 1, depth + 1)
            elif name in {"p", "h"}:
                number = scene.lists.next(key, style, level, whole(item, "start-value", 0)) if is_first else ""
                is_first = False
                yield from _paragraph(each, scene, number, depth)


def _paragraph(element: Any, scene: _Scene, number: str, depth: int) -> Iterator[Row]:
    if named(element, "style-name") in scene.hidden:
        return
    frames: list[Any] = []
    lines = [line for line in map(one_line, "".join(_words(element, scene, frames)).split("\n")) if line]
    kind = "heading" if local(element) == "h" else "text"
    if not lines and number and any(local(each) == "table-cell" for each in element.iterancestors()):
        lines, number = [number.strip()], ""
    for index, line in enumerate(lines):
        yield Row(("" if index else number) + line, kind, is_wrapped=index > 0)
    for frame in frames:
        yield from _frame(frame, scene, depth + 1)


def _words(element: Any, scene: _Scene, frames: list[Any]) -> Iterator[str]:
    """Visible text of a paragraph; frames and notes on the way are put into `frames`."""
    yield element.text or ""
    for each in element.iterchildren():
        name = local(each)
        if name == "s":
            yield " " * whole(each, "c", 1, _MOST_REPEATED)
        elif name in {"tab", "line-break"}:
            yield "\t" if name == "tab" else "\n"
        elif name in {"frame", "note"}:
            frames.append(each)
        elif name == "ruby":
            base = child(each, "ruby-base")
            yield from () if base is None else _words(base, scene, frames)
        elif name not in _SKIPPED and named(each, "style-name") not in scene.hidden and name not in {"hidden-text", "hidden-paragraph"}:
            yield from _words(each, scene, frames)
        yield each.tail or ""


def _frame(element: Any, scene: _Scene, depth: int) -> Iterator[Row]:
    """The text of a text box or a note; large pictures and embedded objects are losses."""
    kinds = {local(each) for each in element.iterchildren()}
    if "object" in kinds or "object-ole" in kinds:
        scene.losses.append(Loss("attached_part", detail=named(element, "name")[:80]))
    elif "image" in kinds and "text-box" not in kinds and _inches(named(element, "width")) + _inches(named(element, "height")) > 2 * _LARGE:
        scene.losses.append(Loss("picture", detail=named(element, "name")[:80]))
    yield from _rows(element, scene, depth + 1)


def _inches(printed: str) -> float:
    number, unit = printed.rstrip("incmptx"), printed.lstrip("0123456789.")
    try:
        return float(number) * _INCHES.get(unit, 0.0)
    except ValueError:
        return 0.0


def _table(table: Any, scene: _Scene, depth: int) -> Iterator[Row]:
    """A table of one column only frames its text. A table inside a cell follows the row that it stands in."""
    rows = list(_table_rows(table))
    cells = [[each for each in row.iterchildren() if local(each) in {"table-cell", "covered-table-cell"}] for row in rows]
    if all(len(each) < 2 and whole(each[0], "number-columns-repeated", 1) < 2 for each in cells if each):  # noqa: PLR2004 - one column
        for cell in (cell for row in cells for cell in row):
            yield from _rows(cell, scene, depth + 1)
        return
    inner: list[list[Row]] = []
    laid = lay_out((_cells(each, scene, inner, depth) for each in cells), keep_empty=True)
    for row, nested in zip(laid, inner, strict=True):
        if row.text:
            yield row
        yield from nested


def _table_rows(table: Any) -> Iterator[Any]:
    for each in table.iterchildren():
        if local(each) == "table-row":
            yield from [each] * (whole(each, "number-rows-repeated", 1, _MOST_REPEATED) if len(each) else 1)
        elif local(each) in _ROWS:
            yield from _table_rows(each)


def _cells(cells: list[Any], scene: _Scene, inner: list[list[Row]], depth: int) -> list[Cell]:
    """The row's own cells: those covered from the left or from above come by the spans of the cell that covers them."""
    nested: list[Row] = []
    inner.append(nested)
    laid: list[Cell] = []
    for cell in cells:
        if local(cell) == "covered-table-cell":
            continue
        found = list(_rows(cell, scene, depth + 1))
        nested += [row for row in found if row.kind == "table"]
        own = "".join(("\n" if row.is_wrapped else PARAGRAPH) + row.text for row in found if row.kind != "table")
        spans = whole(cell, "number-columns-spanned", 1, MOST_COLUMNS), whole(cell, "number-rows-spanned", 1)
        laid += [Cell(own, *spans)] * whole(cell, "number-columns-repeated", 1, MOST_COLUMNS)
    return laid
