"""Tables that web systems give out under the name .xls: pages of HTML, and the XML of Excel 2003 (SpreadsheetML)."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree, html

from flows.sources.tables.garbled import State, mend
from flows.sources.tables.kinds import NO_TABLE
from flows.sources.tables.model import WIDEST, Sheet, put
from flows.sources.tables.numbers import has_lost_digits, plain_number
from flows.sources.tables.xlsx import Damaged

LONGEST_SPAN = 10_000
ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)$")


def read_html(text: str) -> list[Sheet]:
    """Every table of a page that holds no other table, as a sheet: 表1, 表2 …

    Raises:
        Damaged: no table is there.
    """
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(huge_tree=True, remove_comments=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Damaged(str(error)[:200]) from error
    tables = [table for table in root.iter("table") if not any(child is not table for child in table.iter("table"))]
    if not tables:
        raise Damaged(NO_TABLE)
    return [_html_sheet(f"表{number}", table) for number, table in enumerate(tables, start=1)]


def _titles(table: Any) -> list[str]:
    """What a page says over a table: its own title, the nearest heading and the lines before it, and the table's caption."""
    titles = list(table.getroottree().iter("title"))
    before = table.xpath("preceding::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6][1]")
    lines = table.xpath("preceding::*[self::p or self::div or self::center][not(.//table or ancestor::table)][position() <= 3]")
    return [text for node in (*titles, *before, *lines, *table.iterchildren("caption")) if (text := _folded(_html_text(node)))]


def _html_sheet(name: str, table: Any) -> Sheet:
    sheet = Sheet(name, is_hidden=_is_hidden(table), titles=_titles(table))
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(table.iter("tr")):
        if _is_hidden(line):
            sheet.hidden_rows.add(row)
        column = 0
        for cell in line.iterchildren("td", "th"):
            while (row, column) in taken:
                column += 1
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            taken.update((r, c) for r in range(row, row + down) for c in range(column, column + across) if r > row)
            if across > 1 or down > 1:
                sheet.merged.append((row, column, row + down - 1, column + across - 1))
            text, state = mend(_html_text(cell))  # before its blanks are folded, for some stand for bytes
            _put_text(sheet, row, column, _folded(text))
            if state is State.MENDED and column < WIDEST:
                sheet.marks[row, column] = ("mended", "")
            column += across
    return sheet


def _span(cell: Any, name: str) -> int:
    written = (cell.get(name) or "1").strip()
    return max(1, min(int(written), LONGEST_SPAN)) if written.isdigit() else 1


def _is_hidden(node: Any) -> bool:
    return bool(re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", node.get("style") or "")) or node.get("hidden") is not None


def _html_text(cell: Any) -> str:
    for line_end in cell.iter("br"):
        line_end.tail = "\n" + (line_end.tail or "")
    return str(cell.text_content())


def _folded(text: str) -> str:
    """The text with one blank for the white space in its lines."""
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def _put_text(sheet: Sheet, row: int, column: int, text: str) -> None:
    if column >= WIDEST:
        sheet.stray_cells += bool(text)
    elif ERROR.match(text):
        sheet.marks[row, column] = ("error", text)
    elif text:
        put(sheet.rows, row, column, text)


def read_spreadsheet_xml(data: bytes) -> list[Sheet]:
    """Every worksheet of an Excel 2003 XML file.

    Raises:
        Damaged: no such XML.
    """
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise Damaged(str(error)[:200]) from error
    return [_xml_sheet(node) for node in root.iterfind("{*}Worksheet")]


def _attribute(node: Any, name: str) -> str:
    return next((str(value) for key, value in node.attrib.items() if key.endswith(f"}}{name}")), "")


def _xml_sheet(node: Any) -> Sheet:
    hidden = any("Hidden" in (each.text or "") for each in node.iterfind("{*}WorksheetOptions/{*}Visible"))
    sheet = Sheet(_attribute(node, "Name"), is_hidden=hidden)
    row = -1
    for line in node.iterfind("{*}Table/{*}Row"):
        row = int(_attribute(line, "Index") or row + 2) - 1
        if _attribute(line, "Hidden") == "1":
            sheet.hidden_rows.add(row)
        column = -1
        for cell in line.iterfind("{*}Cell"):
            column = int(_attribute(cell, "Index") or column + 2) - 1
            across, down = int(_attribute(cell, "MergeAcross") or 0), int(_attribute(cell, "MergeDown") or 0)
            if across or down:
                sheet.merged.append((row, column, row + down, column + across))
            _xml_cell(sheet, row, column, cell.find("{*}Data"))
            column += across
    return sheet


def _xml_cell(sheet: Sheet, row: int, column: int, data: Any) -> None:
    text = "".join(data.itertext()) if data is not None else ""
    kind = _attribute(data, "Type") if data is not None else ""
    if kind == "Error":
        sheet.marks[row, column] = ("error", text)
    elif kind == "Number" and has_lost_digits(text):
        sheet.marks[row, column] = ("lost_digits", text)
    else:
        plain = plain_number(text) if kind == "Number" else re.sub(r"T00:00:00(\.0+)?$", "", text) if kind == "DateTime" else text
        _put_text(sheet, row, column, plain)
