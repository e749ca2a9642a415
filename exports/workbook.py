"""Workbooks for people (.xlsx): tables with Chinese headers, labels in place of codes, a frozen header, filters and days as days.

openpyxl writes what a workbook is made of (parts, styles, filters, sheets of texts); DuckDB writes the rows, as XML, straight from the
relation: a million rows take seconds and no row passes through Python. Nothing in a workbook is ever a formula: a text that begins with
= + - @ is an inline string in a cell of the format text. The bytes depend on what is written, not on the clock.

Format: ECMA-376 (Office Open XML), limits: Excel specifications and limits, Microsoft.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import duckdb
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from exports.sql_text import literal, quoted

MAX_ROWS = 1_048_575  # below the header; Excel's sheet has 1 048 576
MAX_CELL = 32_767  # UTF-16 units in a cell
SHORTENED = 16_000  # characters that are left of a longer text: at most two units each
MAX_NAME = 31  # characters of a sheet's name
MARK = "……（全文见 CSV 文件 the whole text is in the CSV file）"
EPOCH = "1899-12-30"  # Excel's day 0
FIRST_DAY = "1900-03-01"  # before it Excel counts a 29 February 1900 that never was
EXACT = 10**15  # larger whole numbers lose digits in Excel, and so are texts
FORMATS = {"text": "@", "number": "General", "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}
KINDS = {
    "DATE": "date",
    "TIMESTAMP": "moment",
    "BOOLEAN": "truth",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER"), "whole"),
    **dict.fromkeys(("DOUBLE", "FLOAT"), "number"),
}
STYLE_OF = {"whole": "number", "truth": "text"}
UNSAYABLE = r"[\x00-\x08\x0B-\x1F\x{FFFE}\x{FFFF}]"  # what XML 1.0 cannot say, and carriage returns
UNCHANGING = (1980, 1, 1, 0, 0, 0)  # the time of every entry: the first that a zip can say
PROPERTIES = "docProps/core.xml"
BIG = 2**30  # bytes of XML from which on a zip entry is declared in the long form


@dataclass(frozen=True)
class Heading:
    """A column of a relation: its name there, the header, and what to write in place of its codes."""

    name: str
    title: str
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True)
class TableSheet:
    """The rows of an SQL relation, in its order, below a header."""

    name: str
    relation: str
    headings: Sequence[Heading]


@dataclass(frozen=True)
class TextSheet:
    """Lines of texts; `headers` has the numbers of lines that head a table, from 1."""

    name: str
    lines: Sequence[Sequence[str | int | date | None]]
    widths: Sequence[int] = (24, 48, 60)
    headers: frozenset[int] = frozenset({1})


@dataclass(frozen=True)
class _Measured:
    """Of a column: the bytes of its longest text, how many texts are too long for a cell, and whether any has what must be escaped."""

    bytes: int
    long: int
    has_unsayable: bool
    has_codes: bool
    has_markup: bool


@dataclass(frozen=True)
class _Written:
    """The rows of a sheet: how many there are, of how many columns, and the file with their XML."""

    rows: int
    columns: int
    xml: Path


def write_workbook(
    connection: duckdb.DuckDBPyConnection, target: Path, sheets: Sequence[TableSheet | TextSheet], *, title: str, creator: str, day: date
) -> None:
    """Write the sheets into the workbook `target`; a table of more than `MAX_ROWS` rows is cut there, so callers count first. A text that is
    longer than a cell may be is cut, and ends with a note that says so.

    Raises:
        duckdb.Error: a relation cannot be read.
    """
    book = Workbook()
    del book[book.active.title]
    names, styles = _sheet_names([sheet.name for sheet in sheets]), _Styles()
    with TemporaryDirectory(dir=target.parent) as scratch:
        rows = {}
        for number, (name, sheet) in enumerate(zip(names, sheets, strict=True), 1):
            page = book.create_sheet(name)
            if isinstance(sheet, TextSheet):
                _fill_texts(page, sheet, styles)
            else:
                rows[f"xl/worksheets/sheet{number}.xml"] = _fill_table(connection, page, sheet, styles, Path(scratch) / f"{number}.xml")
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - openpyxl writes UTC and takes no zone
        properties = book.properties
        properties.title, properties.creator, properties.created = title, creator, moment
        skeleton = BytesIO()
        book.save(skeleton)
        properties.modified = moment  # save() sets it to the time of writing
        _assemble(skeleton, target, rows, tostring(properties.to_tree()))


def _sheet_names(names: Sequence[str]) -> list[str]:
    """The names as Excel takes them: short, without brackets, colons, stars, question marks, slashes and quotes; each once."""
    taken: list[str] = []
    for name in names:
        plain = "".join(character for character in name if character not in "[]:*?/\\'")[:MAX_NAME] or "表"
        number = 2
        while plain in taken:
            plain = f"{plain[: MAX_NAME - 4]}（{number}）"
            number += 1
        taken.append(plain)
    return taken


class _Styles:
    """The styles of a workbook's cells. A cell gets the one that an equal cell got: to set each property of each takes longer than all the rest."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bool, bool], Any] = {}

    def dress(self, cell: Any, form: str, *, is_wrapped: bool = False, is_header: bool = False) -> None:
        """Give a cell its number format, and what headers and long texts look like."""
        if (kind := (form, is_wrapped, is_header)) not in self._known:
            cell.number_format = FORMATS[form]
            if is_wrapped:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            if is_header:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="FFDCE6F1")
            self._known[kind] = cell._style  # noqa: SLF001
        cell._style = self._known[kind]  # noqa: SLF001


def _fill_texts(page: Any, sheet: TextSheet, styles: _Styles) -> None:
    for number, line in enumerate(sheet.lines, 1):
        for place, value in enumerate(line, 1):
            cell = page.cell(number, place)
            _put(cell, value)
            form = "text" if isinstance(value, str) else "date" if isinstance(value, date) else "number"
            styles.dress(cell, form, is_wrapped=True, is_header=number in sheet.headers)
    for place, width in enumerate(sheet.widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width


def _put(cell: Any, value: str | int | date | None) -> None:
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:SHORTENED]
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula, and #N/A for an error
    else:
        cell.value = value


def _fill_table(connection: duckdb.DuckDBPyConnection, page: Any, sheet: TableSheet, styles: _Styles, xml: Path) -> _Written:
    """The header with filters, and a second row whose cells have the styles of their columns: the rows take its place."""
    described = {name: kind for name, kind, *_ in connection.execute(f"describe from {sheet.relation}").fetchall()}
    kinds = [KINDS.get(described[heading.name], "text") for heading in sheet.headings]
    style_ids = []
    for place, (heading, kind) in enumerate(zip(sheet.headings, kinds, strict=True), 1):
        header, below = page.cell(1, place), page.cell(2, place)
        _put(header, heading.title)
        styles.dress(header, "text", is_wrapped=True, is_header=True)
        styles.dress(below, STYLE_OF.get(kind, kind))
        style_ids.append(below.style_id)
    rows, measured = _measure(connection, sheet, kinds)
    for place, (heading, column) in enumerate(zip(sheet.headings, measured, strict=True), 1):
        page.column_dimensions[get_column_letter(place)].width = _width(heading, column)
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(kinds))}{rows + 1}"
    cells = ", ".join(  # concat and not ||, which would copy the row anew for each cell
        _cell(heading, kind, get_column_letter(place), style, column)
        for place, (heading, kind, style, column) in enumerate(zip(sheet.headings, kinds, style_ids, measured, strict=True), 1)
    )
    connection.execute(
        f"copy (select concat('<row r=\"', sheet_row, '\">', {cells}, '</row>') "
        f"from (select *, row_number() over () + 1 as sheet_row from {sheet.relation} limit {MAX_ROWS})) "
        f"to {literal(str(xml))} (format csv, header false, quote '', escape '', delimiter '')"
    )
    return _Written(rows, len(kinds), xml)


def _measure(connection: duckdb.DuckDBPyConnection, sheet: TableSheet, kinds: Sequence[str]) -> tuple[int, list[_Measured]]:
    """The number of rows written, and what the cells of each column need: most need nothing, and a query without it is four times as fast."""
    asked = ", ".join(_questions(heading, kind) for heading, kind in zip(sheet.headings, kinds, strict=True))
    ((count, *answers),) = connection.execute(f"select count(*), {asked} from {sheet.relation}").fetchall()
    return min(count, MAX_ROWS), [_Measured(*answers[start : start + 5]) for start in range(0, len(answers), 5)]


def _questions(heading: Heading, kind: str) -> str:
    """SQL: the five fields of `_Measured` for a column."""
    text = f"{quoted(heading.name)}::varchar"
    longest = f"coalesce(max(strlen({text})), 0)"
    if kind != "text":
        return f"{longest}, 0, false, false, false"
    marks = " or ".join(f"contains({text}, '{mark}')" for mark in "&<>")
    return (
        f"{longest}, count(*) filter ({_is_long(text)}), coalesce(bool_or(regexp_matches({text}, '{UNSAYABLE}')), false), "
        f"coalesce(bool_or(contains({text}, '_x')), false), coalesce(bool_or({marks}), false)"
    )


def _width(heading: Heading, measured: _Measured) -> float:
    """By the longest text (a Chinese character has three bytes and the width of two) and the header with its button."""
    return min(60.0, max(10.0, measured.bytes / 1.4, 2.2 * len(heading.title) + 3))


def _cell(heading: Heading, kind: str, column: str, style: int, measured: _Measured) -> str:
    """SQL: the XML of a cell, null for a null."""
    value = quoted(heading.name)
    text = _text_cell(f"{value}::varchar", column, style)
    match kind:
        case "whole":
            is_number, number = f"abs({value}) < {EXACT}", value
        case "number":
            is_number, number = f"isfinite({value})", value
        case "date":
            is_number, number = f"isfinite({value}) and {value} >= date '{FIRST_DAY}'", f"({value} - date '{EPOCH}')"
        case "moment":
            is_number = f"isfinite({value}) and {value} >= date '{FIRST_DAY}'"
            number = f"((epoch_us({value}) - epoch_us(timestamp '{EPOCH}')) / 86400000000.0)"
        case "truth":
            return _text_cell(f"case {value} when true then '是' when false then '否' end", column, style)
        case _:
            return _text_cell(_labelled(heading, _sayable(f"{value}::varchar", measured)), column, style)
    return f"case when {is_number} then concat('<c r=\"{column}', sheet_row, '\" s=\"{style}\"><v>', {number}, '</v></c>') else {text} end"


def _labelled(heading: Heading, text: str) -> str:
    if not heading.labels:
        return text
    cases = " ".join(f"when {literal(escape(code))} then {literal(escape(label))}" for code, label in heading.labels.items())
    return f"case {text} {cases} else {text} end"


def _is_long(text: str) -> str:
    """SQL: whether a text has more UTF-16 units than a cell holds; characters of four bytes are two units."""
    beyond = f"length(regexp_replace({text}, '[^\\x{{10000}}-\\x{{10FFFF}}]', '', 'g'))"
    return f"case when length({text}) <= {SHORTENED} then false else length({text}) + {beyond} > {MAX_CELL} end"


def _sayable(text: str, measured: _Measured) -> str:
    """SQL: the text as XML. Excel reads _x0041_ as a character by its number, so that a text that has it is escaped; what XML cannot say
    becomes U+FFFD, and each end of a line a line feed.
    """
    if measured.long:
        text = f"case when {_is_long(text)} then left({text}, {SHORTENED}) || {literal(MARK)} else {text} end"
    if measured.has_unsayable:
        lines = f"replace(replace({text}, chr(13) || chr(10), chr(10)), chr(13), chr(10))"
        text = f"regexp_replace({lines}, '{UNSAYABLE}', chr(65533), 'g')"
    if measured.has_codes:
        text = f"regexp_replace({text}, '_(x[0-9A-Fa-f]{{4}}_)', '_x005F_\\1', 'g')"
    return f"replace(replace(replace({text}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')" if measured.has_markup else text


def _text_cell(text: str, column: str, style: int) -> str:
    """SQL: a text as an inline string, null for an empty one."""
    start = f'\'<c r="{column}\', sheet_row, \'" s="{style}" t="inlineStr"><is><t xml:space="preserve">\''
    return f"case when {text} <> '' then concat({start}, {text}, '</t></is></c>') end"


def _assemble(skeleton: BytesIO, target: Path, rows: Mapping[str, _Written], properties: bytes) -> None:
    """The parts of the skeleton in their order, with the rows in their place and one time for all."""
    with ZipFile(skeleton) as parts, ZipFile(target, "w", ZIP_DEFLATED) as book:
        for name in parts.namelist():
            entry = ZipInfo(name, UNCHANGING)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            if name in rows:  # a quarter larger than by default, in a third of the time, which is half of that of a workbook of many rows
                entry._compresslevel = 1  # type: ignore[attr-defined]  # noqa: SLF001 - has a public name from Python 3.13
            content = properties if name == PROPERTIES else parts.read(name)
            with book.open(entry, "w", force_zip64=name in rows and rows[name].xml.stat().st_size > BIG) as part:
                if name in rows:
                    _write_rows(part, content, rows[name])
                else:
                    part.write(content)


def _write_rows(part: IO[bytes], skeleton: bytes, written: _Written) -> None:
    """A sheet's XML, in which the rows take the place of the row of styles."""
    head, _, rest = skeleton.partition(b'<row r="2"')
    tail = rest[rest.index(b"</sheetData>") :]
    end = f":{get_column_letter(written.columns)}{written.rows + 1}".encode()
    part.write(re.sub(rb'(<dimension ref="A1):[A-Z]+2"', lambda found: found[1] + end + b'"', head, count=1))
    with written.xml.open("rb") as rows:
        shutil.copyfileobj(rows, part)
    part.write(tail)
