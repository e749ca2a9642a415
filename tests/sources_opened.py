"""Opens a source file as a person does, with libraries that the pipeline does not read it with or with none, and finds a cell or a line."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq

Grid = Sequence[Sequence[Any]]
MARKUP = re.compile(r"<[^>]*>")


def cell_at(path: Path, sheet: str | None, row: int, header: str) -> str:
    """What is printed in the given row after the header (counted from 1) under a header; empty for an empty cell.

    Raises:
        LookupError: the file has no such header or row.
    """
    if path.suffix in {".json", ".ndjson", ".parquet"}:
        return printed(list(_records(path))[row - 1].get(header))
    grid = [[printed(cell) for cell in cells] for cells in _grid(path, sheet)]
    place = next((number for number, cells in enumerate(grid) if header in cells), None)
    if place is None:
        raise LookupError(f"{path}: no header {header}")
    return grid[place + row][grid[place].index(header)]


def text_of(path: Path) -> str:
    """All words of a document, without markup."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as packed:
            return html.unescape(MARKUP.sub("", packed.read("word/document.xml").decode()))
    text = path.read_text("utf-8")
    return html.unescape(MARKUP.sub("", text)) if path.suffix == ".html" else text


def plain(text: str) -> str:
    """A text without white space."""
    return re.sub(r"\s+", "", text)


def printed(value: Any) -> str:
    """A cell's value as a text: a day as a day, a whole number without a point."""
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, (datetime, date)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _records(path: Path) -> Iterator[dict[str, Any]]:
    if path.suffix == ".parquet":
        yield from pq.read_table(path).to_pylist()
        return
    text = path.read_text("utf-8-sig")
    if path.suffix == ".ndjson":
        yield from (json.loads(line) for line in text.splitlines() if line.strip())
        return
    facts = json.loads(text)
    yield from facts if isinstance(facts, list) else next(value for value in facts.values() if isinstance(value, list))


def _grid(path: Path, sheet: str | None) -> Grid:
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, data_only=True)
        return list((book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True))
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return list(csv.reader(io.StringIO(text), delimiter="\t" if path.suffix == ".tsv" else ","))
