"""Workbooks of Excel 2007 and later (.xlsx, .xlsm), read from their XML: ECMA-376-1:2016, 18.3 (sheets), 18.4 (shared strings), 18.8 (styles).

Read here, and by no library, because none of those at hand says at once what a cell shows, whether it is hidden, merged, an error or a
formula whose value nobody has worked out.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from flows.sources.tables.model import WIDEST, Sheet, put
from flows.sources.tables.numbers import (
    BUILT_IN_DAYS,
    BUILT_IN_TIMES,
    as_shown,
    day_of,
    has_lost_digits,
    is_day_format,
    is_time_format,
    plain_number,
    text_as_shown,
)

LARGEST = 1 << 30  # bytes that the parts of a workbook may have when unpacked
SUSPECT, RATIO = 64 << 20, 200  # a part of more bytes than this may have so many times those that it is packed in
CELL_NAME = re.compile(r"([A-Za-z]{1,3})(\d{1,7})$")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Damaged(Exception):
    """A file that is none of its kind; the words say why."""


class TooLarge(Damaged):
    """A file that holds more than a table may."""


def require_unpackable(package: zipfile.ZipFile) -> None:
    """Raise TooLarge, by what the package says of its parts, before anything is unpacked."""
    parts = package.infolist()
    bombs = [part for part in parts if part.file_size > SUSPECT and part.file_size > RATIO * max(part.compress_size, 1)]
    if bombs or sum(part.file_size for part in parts) > LARGEST:
        raise TooLarge(f"a package that unpacks to {sum(part.file_size for part in parts) >> 20} MB")


def read_xlsx(path: str) -> list[Sheet]:
    """Every sheet of cells, in the order of its tabs.

    Raises:
        Damaged: no workbook, or one that unpacks to more than a workbook may.
    """
    try:
        with zipfile.ZipFile(path) as package:
            require_unpackable(package)
            return list(_sheets(package))
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as error:
        raise Damaged(str(error)[:200]) from error


def _sheets(package: zipfile.ZipFile) -> Iterator[Sheet]:
    root = _target(_relations(package, ""), "officeDocument", "") or "xl/workbook.xml"
    workbook = _tree(package, root)
    relations = _relations(package, root)
    strings = _strings(package, _target(relations, "sharedStrings", root))
    formats = _formats(package, _target(relations, "styles", root))
    properties = workbook.find("{*}workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
    for entry in workbook.iterfind("{*}sheets/{*}sheet"):
        link = next((value for name, value in entry.attrib.items() if name.endswith("}id")), None)
        kind, part = relations.get(link or "", ("", ""))
        if kind.endswith("/worksheet"):
            sheet = Sheet(entry.get("name") or "", is_hidden=entry.get("state", "visible") != "visible", counts_from_1904=from_1904)
            with package.open(posixpath.normpath(posixpath.join(posixpath.dirname(root), part)).lstrip("/")) as stream:
                _fill(sheet, stream, strings, formats)
            yield sheet


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Of a part's relations: id -> kind and target; an absolute target starts with a stroke."""
    folder, name = posixpath.split(part)
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    if place not in package.namelist():
        return {}
    return {each.get("Id", ""): (each.get("Type", ""), each.get("Target", "")) for each in _tree(package, place)}


def _target(relations: dict[str, tuple[str, str]], kind: str, root: str) -> str | None:
    for found, target in relations.values():
        if found.endswith(f"/{kind}"):
            return posixpath.normpath(posixpath.join(posixpath.dirname(root), target)).lstrip("/")
    return None


def _tree(package: zipfile.ZipFile, part: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
    with package.open(part) as stream:
        return etree.parse(stream, parser).getroot()


def _strings(package: zipfile.ZipFile, part: str | None) -> list[str]:
    """Shared strings; phonetic readings beside them are no part of the text."""
    if part is None or part not in package.namelist():
        return []
    found = []
    with package.open(part) as stream:
        for _, item in etree.iterparse(stream, tag="{*}si", resolve_entities=False, no_network=True, huge_tree=True):
            found.append(_text_of(item))
            item.clear()
    return found


def _text_of(item: Any) -> str:
    text = "".join(node.text or "" for node in item.iter("{*}t") if etree.QName(node.getparent()).localname != "rPh")
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _formats(package: zipfile.ZipFile, part: str | None) -> list[str]:
    """The number format of each cell style: its code; `day` and `time` for built-in ones, empty for all others."""
    if part is None or part not in package.namelist():
        return []
    styles = _tree(package, part)
    codes = {each.get("numFmtId"): each.get("formatCode", "") for each in styles.iterfind("{*}numFmts/{*}numFmt")}
    return [_code(each.get("numFmtId", "0"), codes) for each in styles.iterfind("{*}cellXfs/{*}xf")]


def _code(number: str, codes: dict[str | None, str]) -> str:
    if number in codes:
        return codes[number]
    if not number.isdigit():
        return ""
    return "yyyy-mm-dd" if int(number) in BUILT_IN_DAYS else "h:mm" if int(number) in BUILT_IN_TIMES else ""


def _fill(sheet: Sheet, stream: IO[bytes], strings: list[str], formats: list[str]) -> None:
    tags = ("{*}row", "{*}mergeCell", "{*}col")
    number = -1
    for _, node in etree.iterparse(stream, tag=tags, resolve_entities=False, no_network=True, huge_tree=True):
        kind = etree.QName(node).localname
        if kind == "row":
            written = node.get("r")
            number = int(written) - 1 if written else number + 1
            _fill_row(sheet, number, node, strings, formats)
        elif kind == "mergeCell":
            if span := _span(node.get("ref", "")):
                sheet.merged.append(span)
        elif node.get("hidden") in {"1", "true"}:
            sheet.hidden_columns.update(range(int(node.get("min", "1")) - 1, min(int(node.get("max", "0")), WIDEST)))
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]


def _span(reference: str) -> tuple[int, int, int, int] | None:
    first, _, last = reference.partition(":")
    begin, end = _at(first), _at(last or first)
    return (*begin, *end) if begin and end else None


def _at(name: str) -> tuple[int, int] | None:
    found = CELL_NAME.match(name)
    if not found:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def _fill_row(sheet: Sheet, number: int, node: Any, strings: list[str], formats: list[str]) -> None:
    if node.get("hidden") in {"1", "true"}:
        sheet.hidden_rows.add(number)
    column = -1
    for cell in node:
        name = cell.get("r")
        at = _at(name) if name else None
        column = at[1] if at else column + 1
        style = int(cell.get("s") or 0)
        _fill_cell(sheet, number, column, cell, strings, formats[style] if style < len(formats) else "")


def _fill_cell(sheet: Sheet, row: int, column: int, cell: Any, strings: list[str], code: str) -> None:
    kind, parts = cell.get("t") or "n", {child.tag.rpartition("}")[2]: child for child in cell}
    value = parts["v"].text if "v" in parts else None
    if kind == "inlineStr" and "is" in parts:
        text = _text_of(parts["is"])
        text = text_as_shown(text, code) if "@" in code and text else text
    elif not value:
        is_unknown = "f" in parts and not (kind == "str" and "v" in parts)  # a formula whose result nobody has worked out
        text = ""
        if is_unknown and column < WIDEST:
            sheet.marks[row, column] = ("formula", f"={parts['f'].text or ''}"[:200])
    elif kind == "e":
        text = ""
        if column < WIDEST:
            sheet.marks[row, column] = ("error", value)
    else:
        text = _text(sheet, row, column, kind, value, strings, code)
    if text and column >= WIDEST:
        sheet.stray_cells += 1
    elif text:
        put(sheet.rows, row, column, text)


def _text(sheet: Sheet, row: int, column: int, kind: str, value: str, strings: list[str], code: str) -> str:
    """The text of a cell's value by its type (ECMA-376-1, 18.18.11)."""
    if kind == "s":
        text = strings[int(value)] if int(value) < len(strings) else ""
        return text_as_shown(text, code) if "@" in code and text else text
    if kind == "b":
        return "是" if value in {"1", "true"} else "否"
    if kind == "d":
        return value.removesuffix("T00:00:00")
    return value if kind == "str" else _number(sheet, row, column, value, code)


def _number(sheet: Sheet, row: int, column: int, value: str, code: str) -> str:
    """A number as it is shown: a day in ISO form, leading zeros and words of its format with it."""
    if code and is_day_format(code):
        day = day_of(float(value), from_1904=sheet.counts_from_1904)
        if day is not None:
            return day
        sheet.marks[row, column] = ("error", value)
        return ""
    if code and is_time_format(code) and 0 <= float(value) < 1:
        return (day_of(1 + float(value)) or "").partition(" ")[2] or "00:00:00"
    if has_lost_digits(value):
        sheet.marks[row, column] = ("lost_digits", value)
        return ""
    number = plain_number(value)
    return as_shown(number, code) if code else number
