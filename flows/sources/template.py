"""Blank workbooks for registers: Chinese headers, drop-down lists, formats of days, notes, and a sheet that explains them.

A filled template comes back through the reader exactly: its headers are those that the register knows, numbers that name something are
texts, and the sheet 说明 is no table.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from exports.catalog import RETURNED, Catalog, Column, Register
from flows.sources.doctor import needed_columns
from flows.sources.tables.code_words import code_words

ROWS = 2000  # rows that lists and formats are laid out for
NOTES = "说明"
YES_NO = ("是", "否")
NEEDED, OPTIONAL = PatternFill("solid", fgColor="FFE699"), PatternFill("solid", fgColor="DDEBF7")


def write_template(name: str, catalog: Catalog, folder: Path) -> Path:
    """Write the template of a register into a folder; its path is given back. A file of that name is replaced."""
    register = catalog.registers[name]
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = register.title.zh[:31]
    notes = workbook.create_sheet(NOTES)
    needed = set(needed_columns(register))
    _explain(notes, register, catalog, needed)
    for number, (header, about) in enumerate(_columns(register, catalog), start=1):
        _write_column(sheet, notes, number, header, about, is_needed=about.name in needed)
    sheet.freeze_panes = "A2"
    path = folder / f"{register.title.zh}.xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    workbook.save(path)
    return path


def _columns(register: Register, catalog: Catalog) -> Iterator[tuple[str, Column]]:
    """Each column of a register that clerks fill, under the first of its headers."""
    for column in register.columns:
        if column not in RETURNED:
            yield column.headers[0], catalog.columns[column.name]


def words_of(column: Column) -> tuple[str, ...]:
    """The words that a clerk chooses from in a column: for each code the first that stands for it; none for free texts."""
    if column.type == "boolean":
        return YES_NO
    if not column.enum:
        return ()
    first: dict[str, str] = {}
    for written, code in code_words(column.name):
        first.setdefault(code, written)
    return tuple(first.get(code, code) for code in column.enum)


def _explain(notes: Any, register: Register, catalog: Catalog, needed: set[str]) -> None:
    notes.append([f"{register.title.zh}：填报说明"])
    notes.append(["每条记录一行；黄色表头为必填；日期写作 2026-03-05；编号以文本填写，不要合并单元格，不要写“同上”。"])
    notes.append([])
    for header, about in _columns(register, catalog):
        kind = {"date": "日期", "integer": "整数", "number": "数字", "boolean": "是或否"}.get(about.type, "文字")
        must = "必填" if about.name in needed else "可空"
        notes.append([f"“{header}”（{must}，{kind}）", about.description.zh, "；".join(words_of(about))])
    for letter, width in (("A", 34), ("B", 70), ("C", 50)):
        notes.column_dimensions[letter].width = width


def _write_column(sheet: Any, notes: Any, number: int, header: str, about: Column, *, is_needed: bool) -> None:
    letter = get_column_letter(number)
    cell = sheet.cell(1, number, header)
    cell.font, cell.fill = Font(bold=True), NEEDED if is_needed else OPTIONAL
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    cell.comment = Comment(about.description.zh, "gongkai")
    sheet.column_dimensions[letter].width = max(14, 2 * len(header) + 4)
    code = "yyyy-mm-dd" if about.type == "date" else "@" if about.type == "string" else "General"
    sheet.column_dimensions[letter].number_format = code
    for row in range(2, 202):  # a column's own format is not taken over by every program
        sheet.cell(row, number).number_format = code
    area = f"{letter}2:{letter}{ROWS}"
    if words := words_of(about):
        rule = DataValidation(type="list", formula1=_list(notes, number, words), allow_blank=True, showErrorMessage=False)
        sheet.add_data_validation(rule)
        rule.add(area)
    elif about.type == "date":
        rule = DataValidation(
            type="date",
            operator="between",
            formula1="36526",
            formula2="73050",
            allow_blank=True,
            errorTitle="日期",
            error="请写作 2026-03-05",
        )
        sheet.add_data_validation(rule)
        rule.add(area)


def _list(notes: Any, number: int, words: tuple[str, ...]) -> str:
    """Where the words of a list are: they stand on the explaining sheet, far right, for a rule holds 255 characters at most."""
    letter = get_column_letter(number + 26)
    for row, word in enumerate(words, start=1):
        notes[f"{letter}{row}"] = word
    return f"'{NOTES}'!${letter}$1:${letter}${len(words)}"
