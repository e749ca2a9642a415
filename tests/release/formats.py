"""Tables and documents as bytes, in every format that offices send."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from html import escape
from random import Random
from typing import Any

import docx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

Table = list[list[Any]]  # first row: headers; cells: text, whole number, date or None


def _printed(value: Any, style: int = 0) -> str:
    if isinstance(value, date):
        return (f"{value:%Y-%m-%d}", f"{value:%Y/%m/%d}", f"{value.year}年{value.month}月{value.day}日")[style]
    return "" if value is None else str(value)


def _separated(delimiter: str, encoding: str) -> Callable[[Table, Random], bytes]:
    def write(table: Table, rng: Random) -> bytes:
        out, style = io.StringIO(), rng.randrange(3)
        csv.writer(out, delimiter=delimiter, lineterminator=rng.choice(("\n", "\r\n"))).writerows(
            [_printed(cell, style) for cell in row] for row in table
        )
        return out.getvalue().encode(encoding)

    return write


def _xlsx(table: Table, rng: Random) -> bytes:
    book = openpyxl.Workbook()
    sheet, as_text = book.active, rng.random() < 0.5
    for row in table:
        sheet.append([_printed(cell) if as_text and isinstance(cell, date) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _records(table: Table) -> list[dict[str, Any]]:
    return [
        {head: _printed(cell) if isinstance(cell, date) else cell for head, cell in zip(table[0], row, strict=True)} for row in table[1:]
    ]


def _json(table: Table, rng: Random) -> bytes:
    return json.dumps(_records(table), ensure_ascii=rng.random() < 0.5).encode()


def _ndjson(table: Table, rng: Random) -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=rng.random() < 0.5) for record in _records(table)).encode()


def _parquet(table: Table, rng: Random) -> bytes:
    columns = {}
    for head, *cells in zip(*table, strict=True):
        whole = all(isinstance(cell, date) or cell is None for cell in cells) and rng.random() < 0.5
        columns[head] = (
            pa.array(cells, pa.date32()) if whole else pa.array([None if cell is None else _printed(cell) for cell in cells], pa.string())
        )
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
ODS_NAMES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))


def _ods(table: Table, rng: Random) -> bytes:
    def cell(value: Any) -> str:
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in _printed(value).split("\n"))
        return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in table)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", ODS)
        packed.writestr("META-INF/manifest.xml", ODS_MANIFEST)
        sheet = f'<office:body><office:spreadsheet><table:table table:name="Sheet1">{body}</table:table></office:spreadsheet></office:body>'
        packed.writestr(
            "content.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES}>{sheet}</office:document-content>'
        )
    return out.getvalue()


TABLES: dict[str, tuple[str, Callable[[Table, Random], bytes]]] = {  # name of the format -> suffix, writer
    "csv utf-8": ("csv", _separated(",", "utf-8")),
    "csv bom": ("csv", _separated(",", "utf-8-sig")),
    "csv gb18030": ("csv", _separated(",", "gb18030")),
    "tsv": ("tsv", _separated("\t", "utf-8")),
    "xlsx": ("xlsx", _xlsx),
    "json": ("json", _json),
    "ndjson": ("ndjson", _ndjson),
    "parquet": ("parquet", _parquet),
    "ods": ("ods", _ods),
}


def _txt(lines: list[str]) -> bytes:
    return "\n".join(lines).encode()


def _html(lines: list[str]) -> bytes:
    body = "".join(f"<p>{escape(line)}</p>\n" for line in lines if line)
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(lines[0])}</title></head><body>{body}</body></html>'.encode()


def _docx(lines: list[str]) -> bytes:
    made, out = docx.Document(), io.BytesIO()
    for line in lines:
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


DOCUMENTS: dict[str, Callable[[list[str]], bytes]] = {"txt": _txt, "html": _html, "docx": _docx}
