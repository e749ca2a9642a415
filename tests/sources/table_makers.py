"""Workbooks and tables with the nuisances that clerks' files have, for tests: each maker says what a person sees."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[Any]]


def sheet_of(
    workbook: openpyxl.Workbook,
    name: str,
    rows: Rows,
    *,
    merged: Sequence[str] = (),
    formats: Mapping[str, str] | None = None,
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[str] = (),
    state: str = "visible",
) -> Worksheet:
    """A sheet in a workbook; merged ranges, formats and hidden rows by the names that a person sees: E2:E4, A2, 3."""
    sheet = workbook.create_sheet(name)
    for row in rows:
        sheet.append(list(row))
    for cell, code in (formats or {}).items():
        sheet[cell].number_format = code
    for span in merged:
        sheet.merge_cells(span)
    for row in hidden_rows:
        sheet.row_dimensions[row].hidden = True
    for column in hidden_columns:
        sheet.column_dimensions[column].hidden = True
    sheet.sheet_state = state
    return sheet


def xlsx(rows: Rows, name: str = "台账", **facts: Any) -> bytes:
    """A workbook of one sheet."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet_of(workbook, name, rows, **facts)
    return saved(workbook)


def saved(workbook: openpyxl.Workbook) -> bytes:
    sink = io.BytesIO()
    workbook.save(sink)
    return sink.getvalue()


def with_part(package: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook with words of one of its parts replaced, each of them once at least."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                assert old.encode() in data, f"{old} is not in {part}"
                data = data.replace(old.encode(), new.encode())
            target.writestr(name, data)
    return sink.getvalue()


def html(rows: Rows, spans: Mapping[tuple[int, int], str] | None = None, encoding: str = "utf-8") -> bytes:
    """A page with a table, as web systems give it out under the name .xls; `spans` has attributes by place, None in rows no cell."""
    lines = []
    for number, row in enumerate(rows):
        cells = [
            f"<td {(spans or {}).get((number, position), '')}>{escape(str(value))}</td>"
            for position, value in enumerate(row)
            if value is not None
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    page = f'<html><head><meta charset="{encoding}"></head><body><table border=1>{"".join(lines)}</table></body></html>'
    return page.encode(encoding)


def ods(rows: Rows, merged: Mapping[tuple[int, int], tuple[int, int]] | None = None, hidden_rows: Sequence[int] = ()) -> bytes:
    """An OpenDocument spreadsheet; `merged` has the rows and columns that the cell at a place spans."""
    spans = merged or {}
    covered = {
        (r + down, c + across) for (r, c), (rows_, columns) in spans.items() for down in range(rows_) for across in range(columns)
    } - set(spans)
    lines = []
    for r, row in enumerate(rows):
        cells = []
        for c, value in enumerate(row):
            if (r, c) in covered:
                cells.append("<table:covered-table-cell/>")
                continue
            span = (
                f' table:number-rows-spanned="{spans[r, c][0]}" table:number-columns-spanned="{spans[r, c][1]}"' if (r, c) in spans else ""
            )
            kind = "" if value is None else ' office:value-type="string"'
            text = "" if value is None else f"<text:p>{escape(str(value))}</text:p>"
            cells.append(f"<table:table-cell{span}{kind}>{text}</table:table-cell>")
        hidden = ' table:visibility="collapse"' if r in hidden_rows else ""
        lines.append(f"<table:table-row{hidden}>{''.join(cells)}</table:table-row>")
    spaces = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content{spaces}><office:body><office:spreadsheet><table:table table:name="台账">'
        f"{''.join(lines)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
    return sink.getvalue()


SPREADSHEET_XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="台账"><Table>
<Row><Cell><Data ss:Type="String">索引号</Data></Cell><Cell><Data ss:Type="String">标题</Data></Cell><Cell><Data ss:Type="String">单位</Data></Cell>
<Cell><Data ss:Type="String">公开日期</Data></Cell></Row>
<Row><Cell><Data ss:Type="Number">20260301</Data></Cell><Cell><Data ss:Type="String">甲</Data></Cell><Cell ss:MergeDown="1"><Data ss:Type="String">县水务局</Data></Cell>
<Cell><Data ss:Type="DateTime">2026-03-09T00:00:00.000</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">A-2</Data></Cell><Cell><Data ss:Type="String">乙</Data></Cell><Cell ss:Index="4"><Data ss:Type="Error">#N/A</Data></Cell></Row>
<Row ss:Hidden="1"><Cell><Data ss:Type="String">A-3</Data></Cell><Cell><Data ss:Type="String">丙</Data></Cell><Cell><Data ss:Type="String">局</Data></Cell></Row>
</Table></Worksheet></Workbook>"""
