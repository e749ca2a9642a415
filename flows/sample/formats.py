"""The files of the sample as different clerks send them: in formats, headers, words and date forms of their own."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

ZIP_TIME = (2026, 4, 2, 0, 0, 0)
SAVED_AT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
AS_DATES = "as dates"
DELIMITERS = {"csv": ",", "tsv": "\t"}


@dataclass(frozen=True)
class RegisterFile:
    """How one file is written.

    `headers` by column; `dates` is a strftime form, or "as dates" for formats that know dates; `words` replace the codes of a
    column; `where` selects the rows that are sent in it; `above` are the title lines over the header; columns in `once` are
    written with a record's first event only.
    """

    path: str
    headers: Mapping[str, str]
    dates: str = "%Y-%m-%d"
    encoding: str = "utf-8"
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    above: Sequence[str] = ()
    once: Sequence[str] = ()
    sheet: str = "Sheet1"

    def takes(self, row: Mapping[str, Any]) -> bool:
        """Whether the row is sent in this file: each column of `where` holds the value, or one of the values, named there."""
        return all(row.get(column) in (wanted if isinstance(wanted, list) else [wanted]) for column, wanted in self.where.items())


def register_bytes(rows: Sequence[Mapping[str, Any]], file: RegisterFile, ragged_rows: Sequence[int] = ()) -> bytes:
    """The file's bytes: one line a row; the `ragged_rows` (1 is the first) get a cell too many."""
    cells = [[_cell(file, column, row) for column in file.headers] for row in rows]
    for row in ragged_rows:
        cells[row - 1].append("附名单")
    headers, suffix = list(file.headers.values()), file.path.rpartition(".")[2]
    if suffix in DELIMITERS:
        return delimited(headers, cells, encoding=file.encoding, delimiter=DELIMITERS[suffix], above=file.above)
    if suffix == "xlsx":
        return _workbook(file, headers, cells)
    if suffix == "parquet":
        return _parquet(headers, cells)
    return _ndjson(headers, cells) if suffix == "ndjson" else _json(headers, cells)


def _cell(file: RegisterFile, column: str, row: Mapping[str, Any]) -> object:
    value = row.get(column)
    if column in file.once and row["event_number"] > 1:
        return None
    if isinstance(value, date):
        return value if file.dates == AS_DATES else value.strftime(file.dates)
    return file.words.get(column, {}).get(value, value) if isinstance(value, str) else value


def delimited(
    headers: Sequence[str], rows: Sequence[Sequence[object]], *, encoding: str, delimiter: str = ",", above: Sequence[str] = ()
) -> bytes:
    """Delimited text with CRLF line ends; None is an empty cell; `above` are lines over the header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([line] for line in above)
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def _json(headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    records = [dict(zip(headers, row, strict=True)) for row in rows]
    return (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode()


def _ndjson(headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    return "".join(json.dumps(dict(zip(headers, row, strict=True)), ensure_ascii=False) + "\n" for row in rows).encode()


def _parquet(headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    columns = [pa.array(list(cells)) for cells in zip(*rows, strict=True)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns, names=list(headers)), sink, compression="zstd")
    return bytes(sink.getvalue())


def _workbook(file: RegisterFile, headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    """One sheet, title lines above the header as in a printed ledger."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(file.sheet)
    for line in [*([title] for title in file.above), headers, *rows]:
        sheet.append(line)
    saved = io.BytesIO()
    workbook.save(saved)
    return without_times(saved)


def without_times(saved: io.BytesIO) -> bytes:
    """An Office file with the same time on each of its parts, so that equal contents are equal bytes."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, ZIP_TIME)
            part.compress_type = zipfile.ZIP_DEFLATED
            data = source.read(name)
            target.writestr(part, SAVED_AT.sub(rb"\g<1>2026-04-02T00:00:00Z", data) if name == "docProps/core.xml" else data)
    return fixed.getvalue()
