"""Web pages, as government sites and Word make them: what a reader sees, block by block, tables row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from lxml import etree

from exports.messages import _
from flows.sources.plans.formats import html_hidden, html_page
from flows.sources.plans.formats.draft import PARAGRAPH, Draft, Row, one_line
from flows.sources.plans.formats.encodings import decode
from flows.sources.plans.formats.grid import MOST_COLUMNS, Cell, lay_out
from flows.sources.plans.formats.losses import Loss, with_losses
from flows.sources.plans.formats.numbering import count
from flows.workspace.errors import UnreadableSource

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_HEAD_BYTES = 8192
_SOURCE_BREAK = re.compile(r"(?<=[\u2014-\u201d\u3001-\u9fff\uff00-\uffef])[ \t]*[\r\n]\s*(?=[\u2014-\u201d\u3001-\u9fff\uff00-\uffef])")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCK_NAMES = """address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer form header hr html
    legend li main nav ol p pre section table tbody td tfoot th thead tr ucapcontent ucaptitle ul"""
_BLOCKS = _HEADINGS | frozenset(_BLOCK_NAMES.split())
_LIST_MARK = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)  # Word's own number, with a row of blanks after it
_NUMBERED_BY_HAND = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）.．、]|[①-⑳])")
_LIST_STYLES = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "decimal": "decimal",
    "cjk-ideographic": "chineseCounting", "simp-chinese-informal": "chineseCounting", "trad-chinese-informal": "chineseCounting",
    "lower-alpha": "lowerLetter", "upper-alpha": "upperLetter", "lower-roman": "lowerRoman", "upper-roman": "upperRoman",
}  # fmt: skip
_LAYOUT_TEXT = 800
_LAYOUT_SHARE = 0.8
_ARTICLE = 200
_DEEPEST_FRAME = 3


@dataclass(slots=True)
class _Walk:
    """Where in the page the walk is, and what it has met since the last break."""

    marks: html_page.Marks
    blocks: list[html_page.Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    linked: int = 0
    in_link: int = 0
    in_heading: int = 0
    in_furniture: int = 0
    in_main: int = 0
    in_pre: int = 0
    has_file: bool = False
    is_wrapped: bool = False
    lead: str = ""
    item_numbers: dict[Any, int] = field(default_factory=dict)
    frames: list[tuple[Any, bool]] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    parts_by_address: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0
    is_cell: bool = False

    def say(self, text: str | None) -> None:
        if not text:
            return
        lines = text.split("\n") if self.in_pre else [_SOURCE_BREAK.sub("", text)]
        for index, line in enumerate(lines):
            if index:
                self.end_block()
            self.parts.append(line)
            self.linked += len(line.strip()) if self.in_link else 0

    def end_block(self, *, is_wrapped: bool = False) -> None:
        if not self.parts:
            self.is_wrapped &= is_wrapped
            return
        text = one_line("".join(self.parts))
        if text:
            kind = "heading" if self.in_heading else "text"
            share = self.linked / len(text)
            row, self.lead = Row(self.lead + text, kind), ""
            self.blocks.append(html_page.Block(row, share, bool(self.in_main), bool(self.in_furniture), self.has_file, self.is_wrapped))
            self.is_wrapped = is_wrapped
        self.is_wrapped &= is_wrapped
        self.parts.clear()
        self.linked = 0
        self.has_file = False


def read(data: bytes, name: str) -> Draft:
    """The visible text of a page. Lines outside the article that only lead elsewhere get kind "boilerplate"."""
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    text, encoding = decode(data, name, declared[1].decode("ascii") if declared else None)
    return read_page(text, name, encoding)


def read_page(text: str, name: str, encoding: str | None, parts: Mapping[str, str] | None = None) -> Draft:
    """A page whose bytes are decoded already; `parts` has the pages of the same archive by their addresses."""
    root = _parse(text, name)
    metadata = html_page.meta_fields(root)
    walk = _walked(root, parts or {})
    if not walk.blocks:
        raise UnreadableSource(
            name,
            with_losses(_("a web page without text"), (loss.found for loss in walk.losses)),
            _("the text of a plan"),
            _("If a script fills the page, save it from the browser."),
        )
    html_page.mark_furniture(walk.blocks, metadata)
    return Draft(
        [block.row for block in walk.blocks], encoding, metadata, walk.losses, [*html_page.unseen(root), *html_hidden.short_hidden(root)]
    )


def _walked(root: Any, parts: Mapping[str, str], depth: int = 0) -> _Walk:
    """A page walked from end to end, with what it does not show among the losses."""
    shown, losses = html_hidden.uncovered(root)
    walk = _Walk(replace(html_page.marks(root), uncovered=shown), losses=losses, parts_by_address=parts, depth=depth)
    _go(root, walk)
    seen = "".join(block.row.text for block in walk.blocks)
    has_article = sum(len(block.row.text) for block in walk.blocks if block.in_main) >= _ARTICLE
    elsewhere = (html_hidden.frame_loss(frame, in_main=in_main, has_article=has_article) for frame, in_main in walk.frames)
    walk.losses += [loss for loss in elsewhere if loss]
    walk.losses += html_hidden.script_losses(root, seen) + html_hidden.picture_losses(root, walk.marks.main, seen)
    return walk


def rows_of(root: Any) -> list[Row]:
    """The rows of a tree of HTML elements that is all document and no page."""
    return [block.row for block in _blocks(root, html_page.NO_MARKS)]


def _parse(text: str, name: str) -> Any:
    """The page's tree. HTML knows no entities of its own making, so the parser's wide limits only allow deeper nesting (2 048)."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True, remove_comments=True)
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise UnreadableSource(name, _("no page that can be read"), _("an HTML page"), _("Fetch the file again."))
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        found, expected = _("elements nested over 2,000 deep"), _("an HTML page as browsers show it")
        raise UnreadableSource(name, found, expected, _("Save the page again."))
    return root


def _blocks(root: Any, marks: html_page.Marks) -> list[html_page.Block]:
    walk = _Walk(marks, is_cell=root.tag in {"td", "th"})
    _go(root, walk)
    return walk.blocks


def _go(root: Any, walk: _Walk) -> None:
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        if event == "end":
            _leave(element, walk, is_root=element is root)
        elif _is_unseen(element, walk.marks):
            events.skip_subtree()
            _count(element, walk, 1)
            if element.tag in html_hidden.FRAMES:
                _frame(element, walk)
        elif _LIST_MARK.search(element.get("style", "")):
            events.skip_subtree()
            _count(element, walk, 1)
            walk.say(one_line("".join(element.itertext())))
        elif element is not root and element.tag == "table" and _is_data(element):
            events.skip_subtree()
            _count(element, walk, 1)
            walk.end_block()
            walk.blocks += [
                html_page.Block(row, 0.0, bool(walk.in_main), bool(walk.in_furniture), has_file=False) for row in _table(element)
            ]
        else:
            _enter(element, walk)
    walk.end_block()


def _frame(element: Any, walk: _Walk) -> None:
    """The page in a frame is read where the frame stands, if the file has it."""
    inside = html_hidden.page_inside(element, walk.parts_by_address) if walk.depth < _DEEPEST_FRAME else None
    if inside is None:
        walk.frames.append((element, bool(walk.in_main)))
        return
    walk.end_block()
    try:
        inner = _walked(_parse(inside, "frame"), walk.parts_by_address, walk.depth + 1)
    except UnreadableSource:
        walk.frames.append((element, bool(walk.in_main)))
        return
    for block in inner.blocks:
        block.in_main |= bool(walk.in_main)
    walk.blocks += inner.blocks
    walk.losses += inner.losses


def _enter(element: Any, walk: _Walk) -> None:
    if element.tag in _BLOCKS or element.tag == "br":
        walk.end_block(is_wrapped=element.tag == "br")
    _count(element, walk, 1)
    if element.tag == "li":
        walk.lead = _list_number(element, walk.item_numbers)
    walk.say(element.text)


def _leave(element: Any, walk: _Walk, *, is_root: bool) -> None:
    if element.tag in _BLOCKS:
        walk.end_block()
        if element.tag == "li" and walk.lead and walk.is_cell:  # a column that holds nothing but the numbers of a list
            walk.blocks.append(html_page.Block(Row(walk.lead), 0.0, in_main=False, in_furniture=False, has_file=False))
            walk.lead = ""
    _count(element, walk, -1)
    if not is_root:
        walk.say(element.tail)


def _count(element: Any, walk: _Walk, step: int) -> None:
    """Keep count of the elements around the walk that matter to what it meets."""
    walk.in_heading += step if element.tag in _HEADINGS else 0
    walk.in_pre += step if element.tag in {"pre", "listing", "xmp"} else 0
    walk.in_main += step if element in walk.marks.main else 0
    walk.in_furniture += step if element in walk.marks.furniture else 0
    if element.tag == "a" and element.get("href"):
        walk.in_link += step
        walk.has_file |= html_page.leads_to_file(element)


def _is_unseen(element: Any, marks: html_page.Marks = html_page.NO_MARKS) -> bool:
    return element.tag in html_hidden.UNSEEN or (html_hidden.is_hidden(element) and element not in marks.uncovered)


def _list_number(item: Any, numbers: dict[Any, int]) -> str:
    """The number that a browser puts before an item of an ordered list; none where the author has typed one."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    last = numbers.get(parent, _whole(parent.get("start"), 1, 9999) - 1)
    numbers[parent] = _whole(item.get("value"), last + 1, 9999)
    style = re.search(r"list-style(?:-type)?\s*:\s*([\w-]+)", parent.get("style", ""))
    kind = _LIST_STYLES.get(style[1] if style else parent.get("type", "1"))
    if not kind or _NUMBERED_BY_HAND.match("".join(islice(item.itertext(), 20))):
        return ""
    return count(numbers[parent], kind) + ("、" if kind == "chineseCounting" else ".")


def _whole(printed: str | None, otherwise: int, most: int) -> int:
    return min(int(printed), most) if printed and re.fullmatch(r"\s*\d{1,6}\s*", printed) else otherwise


def _is_data(table: Any) -> bool:
    """Whether a table holds data, not the page's layout: several columns, no table inside, no cell with nearly all of a long text."""
    if table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [list(row.iterchildren("td", "th")) for row in table.iter("tr")]
    if max((len(cells) for cells in rows), default=0) < 2:  # noqa: PLR2004 - one column is a frame
        return False
    sizes = [len("".join(cell.itertext())) for cells in rows for cell in cells]
    return sum(sizes) <= _LAYOUT_TEXT or max(sizes) < _LAYOUT_SHARE * sum(sizes)


def _table(table: Any) -> Iterator[Row]:
    for caption in table.iterchildren("caption"):
        yield from (block.row for block in _blocks(caption, html_page.NO_MARKS))
    rows = list(table.iter("tr"))
    yield from lay_out([_cell(cell, len(rows)) for cell in row.iterchildren("td", "th")] for row in rows if not _is_unseen(row))


def _cell(cell: Any, rows: int) -> Cell:
    blocks = [] if _is_unseen(cell) else _blocks(cell, html_page.NO_MARKS)
    text = "".join(("\n" if block.is_wrapped else PARAGRAPH) + block.row.text for block in blocks)
    return Cell(text, max(1, _whole(cell.get("colspan"), 1, MOST_COLUMNS)), _whole(cell.get("rowspan"), 1, rows) or rows)
