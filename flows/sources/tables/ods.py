"""Workbooks of LibreOffice and WPS in OpenDocument form (.ods): OpenDocument 1.3, part 3, chapter 9 (tables). They print their cells themselves."""

from __future__ import annotations

import re
import zipfile
from typing import Any

from lxml import etree

from flows.sources.tables.model import WIDEST, Sheet, put
from flows.sources.tables.numbers import has_lost_digits, plain_number
from flows.sources.tables.xlsx import Damaged, require_unpackable

REPEATED = 4096  # copies of a filled row or cell that are read; more is the format's way to fill a sheet


def read_ods(path: str) -> list[Sheet]:
    """Every sheet, in the order of its tabs.

    Raises:
        Damaged: no OpenDocument spreadsheet, or one that unpacks to more than a workbook may.
    """
    try:
        with zipfile.ZipFile(path) as package:
            require_unpackable(package)
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
            root = etree.fromstring(package.read("content.xml"), parser)
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, EOFError, ValueError, RuntimeError, OSError) as error:
        raise Damaged(str(error)[:200]) from error
    hidden = {each.get(_name(each, "name")) for each in root.iter("{*}style") if _is_undisplayed(each)}
    return [_sheet(table, hidden) for table in root.iterfind(".//{*}spreadsheet/{*}table")]


def _is_undisplayed(style: Any) -> bool:
    return any(
        value == "false" for node in style.iterfind("{*}table-properties") for key, value in node.attrib.items() if key.endswith("}display")
    )


def _name(node: Any, name: str) -> str:
    return next((key for key in node.attrib if key.endswith(f"}}{name}")), name)


def _get(node: Any, name: str, otherwise: str = "") -> str:
    return str(node.get(_name(node, name), otherwise))


def _sheet(table: Any, hidden: set[str | None]) -> Sheet:
    sheet = Sheet(_get(table, "name"), is_hidden=_get(table, "style-name") in hidden)
    column = 0
    for node in table.iter("{*}table-column"):
        count = int(_get(node, "number-columns-repeated", "1"))
        if _get(node, "visibility", "visible") != "visible":
            sheet.hidden_columns.update(range(column, min(column + count, WIDEST)))
        column += count
    row = 0
    for node in table.iter("{*}table-row"):
        count = int(_get(node, "number-rows-repeated", "1"))
        if any(child.tag.endswith("cell") and (len(child) or _get(child, "value-type")) for child in node):
            for copy in range(min(count, REPEATED)):
                _row(sheet, row + copy, node)
        if _get(node, "visibility", "visible") != "visible":
            sheet.hidden_rows.update(range(row, row + min(count, REPEATED)))
        row += count
    return sheet


def _row(sheet: Sheet, row: int, node: Any) -> None:
    column = 0
    for cell in node:
        if not str(cell.tag).endswith("cell"):
            continue
        count = int(_get(cell, "number-columns-repeated", "1"))
        across, down = int(_get(cell, "number-columns-spanned", "1")), int(_get(cell, "number-rows-spanned", "1"))
        if across > 1 or down > 1:
            sheet.merged.append((row, column, row + down - 1, column + across - 1))
        if not cell.tag.endswith("covered-table-cell"):
            for copy in range(min(count, REPEATED)):
                _cell(sheet, row, column + copy, cell)
        column += count


def _cell(sheet: Sheet, row: int, column: int, cell: Any) -> None:
    printed = "\n".join("".join(paragraph.itertext()) for paragraph in cell.iterfind("{*}p"))
    kind, formula = _get(cell, "value-type"), _get(cell, "formula")
    if column >= WIDEST:
        sheet.stray_cells += bool(printed)
        return
    if printed.startswith(("#", "Err:")) and (formula or kind == "string") and re.fullmatch(r"#[A-Z/0!?]+[!?]?|Err:\d+", printed):
        sheet.marks[row, column] = ("error", printed)
        return
    if formula and not kind and not printed:
        sheet.marks[row, column] = ("formula", formula[:200])
        return
    text = _text(kind, cell, printed)
    if kind == "float" and has_lost_digits(_get(cell, "value")):
        sheet.marks[row, column] = ("lost_digits", printed)
    elif text:
        put(sheet.rows, row, column, text)


def _text(kind: str, cell: Any, printed: str) -> str:
    if kind == "date":
        return _get(cell, "date-value").removesuffix("T00:00:00").replace("T", " ")
    if kind == "boolean":
        return "是" if _get(cell, "boolean-value") == "true" else "否"
    if kind in {"float", "percentage", "currency"}:
        value = plain_number(_get(cell, "value"))
        shows_more = kind == "float" and re.fullmatch(r"0\d+|\D*[^\d\s¥￥$€.,%()+-]\D*\d+\D*|\d+\D*[^\d\s¥￥$€.,%()E+-]\D*", printed)
        return printed if shows_more else value
    return printed
