"""An annual report as the files that a clerk hands in: a workbook with the tables, and a document with chapters one to six."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from flows.reports.annual_report_layout import Box, Grid

TO_WRITE = "〔本部分由单位撰写〕"
OUTLINE = ("一、总体情况", "二、", "三、", "四、", "五、存在的主要问题及改进情况", "六、其他需要报告的事项")
FONT, TITLE_SIZE, TEXT_SIZE, CELL_SIZE = "宋体", 16, 12, 9
_LINE = Side(style="thin")


@dataclass(frozen=True)
class Report:
    """One report ready to be written: its title, its three tables, and what the reader must know of the figures."""

    title: str
    grids: Sequence[Grid]
    notes: Sequence[str]


def write_workbook(report: Report, path: Path) -> None:
    """A sheet for each table, and one with the notes."""
    book = Workbook()
    book.remove(book.active)
    for grid in report.grids:
        sheet = book.create_sheet(f"表{grid.title[0]}")
        _fill(sheet, report.title, grid)
    notes = book.create_sheet("说明")
    for line, note in enumerate((report.title, *report.notes), start=1):
        notes.cell(line, 1, note)
    notes.column_dimensions["A"].width = 100
    book.save(path)


def _fill(sheet: Worksheet, title: str, grid: Grid) -> None:
    for line, text in enumerate((title, grid.title), start=1):
        sheet.cell(line, 1, text).font = Font(name=FONT, bold=True, size=TEXT_SIZE)
        sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=grid.width)
    for box in grid.boxes:
        top, left = box.top + 3, box.left + 1
        if box.height > 1 or box.width > 1:
            sheet.merge_cells(start_row=top, end_row=top + box.height - 1, start_column=left, end_column=left + box.width - 1)
        cell: Any = sheet.cell(top, left)
        cell.value = plain(box.content)
        cell.font = Font(name=FONT, size=CELL_SIZE + 1)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        _frame(sheet, box, top, left)
    for column in range(1, grid.width + 1):
        sheet.column_dimensions[sheet.cell(3 + grid.height, column).column_letter].width = 14


def _frame(sheet: Worksheet, box: Box, top: int, left: int) -> None:
    for row in range(top, top + box.height):
        for column in range(left, left + box.width):
            sheet.cell(row, column).border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def write_document(report: Report, path: Path) -> None:
    """The six chapters of article 50: tables where the format has tables, a place to write where it has words."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(TEXT_SIZE)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = heading.add_run(report.title)
    run.bold, run.font.size = True, Pt(TITLE_SIZE)
    tables = {grid.title[:2]: grid for grid in report.grids}
    for chapter in OUTLINE:
        grid = tables.get(chapter)
        document.add_paragraph().add_run(grid.title if grid else chapter).bold = True
        if grid:
            _draw(document.add_table(grid.height, grid.width, style="Table Grid"), grid)
        else:
            document.add_paragraph(TO_WRITE)
    for note in report.notes:
        document.add_paragraph(note)
    document.save(str(path))


def _draw(table: Any, grid: Grid) -> None:
    cells = [list(row.cells) for row in table.rows]  # before anything merges: each look-up of a merged table walks all of it
    for box in grid.boxes:
        cell = cells[box.top][box.left]
        if box.height > 1 or box.width > 1:
            cell = cell.merge(cells[box.top + box.height - 1][box.left + box.width - 1])
        content = plain(box.content)
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run("" if content is None else str(content))
        run.font.size = Pt(CELL_SIZE)


def plain(content: str | float | None) -> str | int | float | None:
    """A count as a whole number, a sum of money unchanged, None where unknown."""
    return int(content) if isinstance(content, float) and content.is_integer() else content
