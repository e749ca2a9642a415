"""Web pages, as government sites and Word make them: what a reader sees, block by block, tables row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml import etree

from flows.sources.plans.formats import html_page
from flows.sources.plans.formats.draft import Draft, Row, one_line
from flows.sources.plans.formats.encodings import decode
from flows.sources.plans.formats.grid import MOST_COLUMNS, Cell, lay_out
from flows.sources.plans.formats.numbering import count
from flows.workspace.errors import UnreadableSource

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_HEAD_BYTES = 8192
_SOURCE_BREAK = re.compile(r"(?<=[\u2014-\u201d\u3001-\u9fff\uff00-\uffef])[ \t]*[\r\n]\s*(?=[\u2014-\u201d\u3001-\u9fff\uff00-\uffef])")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCK_NAMES = """address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer form header hr html
    legend li main nav ol p pre section table tbody td tfoot th thead tr ucapcontent ucaptitle ul"""
_BLOCKS = _HEADINGS | frozenset(_BLOCK_NAMES.split())
_UNSEEN_NAMES = """applet audio button canvas colgroup datalist embed head iframe input map math noscript object option rp rt script select style
    svg template textarea title video"""
_UNSEEN = frozenset(_UNSEEN_NAMES.split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_LIST_MARK = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)  # Word's own number, with a row of blanks after it
_NUMBERED_BY_HAND = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）.．、]|[①-⑳])")
_LIST_STYLES = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "decimal": "decimal",
    "cjk-ideographic": "chineseCounting", "simp-chinese-informal": "chineseCounting", "trad-chinese-informal": "chineseCounting",
    "lower-alpha": "lowerLetter", "upper-alpha": "upperLetter", "lower-roman": "lowerRoman", "upper-roman": "upperRoman",
}  # fmt: skip
_LAYOUT_TEXT = 800
_LAYOUT_SHARE = 0.8


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
    lead: str = ""
    item_numbers: dict[Any, int] = field(default_factory=dict)

    def say(self, text: str | None) -> None:
        if not text:
            return
        lines = text.split("\n") if self.in_pre else [_SOURCE_BREAK.sub("", text)]
        for index, line in enumerate(lines):
            if index:
                self.end_block()
            self.parts.append(line)
            self.linked += len(line.strip()) if self.in_link else 0

    def end_block(self) -> None:
        if not self.parts:
            return
        text = one_line("".join(self.parts))
        if text:
            kind = "heading" if self.in_heading else "text"
            share = self.linked / len(text)
            row, self.lead = Row(self.lead + text, kind), ""
            self.blocks.append(html_page.Block(row, share, bool(self.in_main), bool(self.in_furniture), self.has_file))
        self.parts.clear()
        self.linked = 0
        self.has_file = False


def read(data: bytes, name: str) -> Draft:
    """The visible text of a page. Lines outside the article that only lead elsewhere get kind "boilerplate"."""
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    text, encoding = decode(data, name, declared[1].decode("ascii") if declared else None)
    root = _parse(text, name)
    metadata = html_page.meta_fields(root)
    blocks = _blocks(root, html_page.marks(root))
    if not blocks:
        raise UnreadableSource(
            name,
            "a web page without text",
            "the text of a plan",
            "If a script fills the page, save it from the browser / 请在浏览器中打开后另存网页。",
        )
    html_page.mark_furniture(blocks, metadata)
    return Draft([block.row for block in blocks], encoding, metadata)


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
        raise UnreadableSource(name, "no page that can be read", "an HTML page", "Fetch the page again / 请重新下载网页。")
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise UnreadableSource(
            name, "elements nested over 2,000 deep", "an HTML page as browsers show it", "Save the page again / 请重新另存网页。"
        )
    return root


def _blocks(root: Any, marks: html_page.Marks) -> list[html_page.Block]:
    walk = _Walk(marks)
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        if event == "end":
            _leave(element, walk, is_root=element is root)
        elif _is_unseen(element):
            events.skip_subtree()
            _count(element, walk, 1)
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
    return walk.blocks


def _enter(element: Any, walk: _Walk) -> None:
    if element.tag in _BLOCKS or element.tag == "br":
        walk.end_block()
    _count(element, walk, 1)
    if element.tag == "li":
        walk.lead = _list_number(element, walk.item_numbers)
    walk.say(element.text)


def _leave(element: Any, walk: _Walk, *, is_root: bool) -> None:
    if element.tag in _BLOCKS:
        walk.end_block()
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


def _is_unseen(element: Any) -> bool:
    if element.tag in _UNSEEN or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN.search(style))


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
    lines = [] if _is_unseen(cell) else [block.row.text for block in _blocks(cell, html_page.NO_MARKS)]
    return Cell("\n".join(lines), max(1, _whole(cell.get("colspan"), 1, MOST_COLUMNS)), _whole(cell.get("rowspan"), 1, rows) or rows)
