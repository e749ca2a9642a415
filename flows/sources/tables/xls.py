"""Workbooks of Excel 97 to 2003 and of WPS (.xls, .et): values from calamine, what they show and hide from their records."""

from __future__ import annotations

from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from flows.sources.tables.biff import BookFacts, SheetFacts, book_facts
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
)
from flows.sources.tables.xlsx import Damaged


def read_xls(path: str) -> list[Sheet]:
    """Every sheet, in the order of its tabs.

    Raises:
        Damaged: no workbook, or one with a password.
    """
    facts = book_facts(Path(path).read_bytes()) or BookFacts()
    try:
        workbook = CalamineWorkbook.from_path(path)
        return [_sheet(workbook, meta.name, meta.visible != SheetVisibleEnum.Visible, facts) for meta in workbook.sheets_metadata]
    except (CalamineError, OSError, ValueError) as error:
        raise Damaged(str(error)[:200]) from error


def _sheet(workbook: CalamineWorkbook, name: str, is_hidden: bool, facts: BookFacts) -> Sheet:
    about = facts.sheets.get(name, SheetFacts(is_hidden))
    sheet = Sheet(name, is_hidden=is_hidden or about.is_hidden, counts_from_1904=facts.from_1904)
    sheet.hidden_rows, sheet.hidden_columns = about.hidden_rows, about.hidden_columns
    source = workbook.get_sheet_by_name(name)
    sheet.merged = [(*first, *last) for first, last in source.merged_cell_ranges or ()]
    for row, cells in enumerate(source.to_python(skip_empty_area=False)):
        for column, value in enumerate(cells):
            if value in {None, ""} or column >= WIDEST:
                sheet.stray_cells += column >= WIDEST and value not in {None, ""}
            elif (row, column) not in about.numbers and (text := _text(value)):
                put(sheet.rows, row, column, text)
    for at, (number, code) in about.numbers.items():
        _put_number(sheet, at, number, code)
    sheet.marks |= {at: ("error", words) for at, words in about.errors.items()}
    return sheet


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return plain_number(repr(value))
    return str(value).removesuffix(" 00:00:00")


def _put_number(sheet: Sheet, at: tuple[int, int], number: float, code: str | int) -> None:
    shown = "yyyy-mm-dd" if code in BUILT_IN_DAYS else "h:mm" if code in BUILT_IN_TIMES else code if isinstance(code, str) else ""
    written = repr(number)
    if shown and is_day_format(shown):
        day = day_of(number, from_1904=sheet.counts_from_1904)
        if day is None:
            sheet.marks[at] = ("error", plain_number(written))
        else:
            put(sheet.rows, *at, day)
    elif shown and is_time_format(shown) and 0 <= number < 1:
        put(sheet.rows, *at, (day_of(1 + number) or "").partition(" ")[2] or "00:00:00")
    elif has_lost_digits(written):
        sheet.marks[at] = ("lost_digits", written)
    else:
        plain = plain_number(written)
        put(sheet.rows, *at, as_shown(plain, shown) if shown else plain)
