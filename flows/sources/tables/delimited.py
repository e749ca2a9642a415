"""Delimited text before it is read: its encoding, its delimiter, and the lines its header stands on."""

from __future__ import annotations

import contextlib
import csv
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exports.messages import Message, _
from flows.sources.tables.encodings import as_utf8
from flows.sources.tables.headers import HEADER_ROWS, first_header
from flows.sources.tables.limits import require_narrow
from flows.sources.tables.model import Sheet
from flows.sources.tables.recognise import Known
from flows.workspace.errors import UnreadableSource

LONGEST_TOP = 1 << 20  # characters of a line that are looked at for a header
DELIMITERS = (",", "\t", ";", "|", "，", "；")


@dataclass(frozen=True)
class Delimited:
    """A UTF-8 file (the original, or its transcription), its headers, and how many records stand above the first row.

    A record above may be a blank line, or several lines in quotes; DuckDB skips records, not lines. `faults` has, by line, the byte at
    which a line could not be decoded, and what is wrong there; `mended` are the lines that were encoded twice and are read as they were.
    `titles` are the texts above the header.
    """

    path: Path
    delimiter: str
    headers: tuple[str, ...]
    records_above: int
    encoding: str = "utf-8"
    faults: dict[int, tuple[int, Message]] = field(default_factory=dict)
    mended: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()


def look_at(place: str, path: Path, scratch: Path, known: Known, asks: Callable[[str], bool]) -> Delimited:
    """Find out how a delimited file is to be read; one that is not UTF-8 is transcribed into `scratch` first.

    Raises:
        UnreadableSource: the bytes are no text in a known encoding, or no line is there at all.
    """
    text = as_utf8(place, path, scratch, by_line=True)
    with text.path.open(encoding="utf-8-sig", newline="") as stream:
        lines = iter(lambda: stream.readline(LONGEST_TOP), "")
        top = [line.replace("\x00", "") for line in itertools.islice(lines, 2 * HEADER_ROWS)]
    if not any(line.strip() for line in top):
        raise UnreadableSource(place, _("nothing but white space"), _("a table with a header"), _("Send the file again."))
    delimiters = sorted(DELIMITERS, key=lambda mark: -"".join(top).count(mark))
    for delimiter in delimiters:
        sheet = _top_of(top, delimiter)
        if header := first_header(sheet, sorted(sheet.rows), known, asks):
            require_narrow(place, len(header.headers))
            titles = tuple(cell for row in range(header.first) for cell in sheet.rows.get(row, ()) if cell)
            headers = _trimmed(header.headers)
            return Delimited(text.path, delimiter, headers, header.last + 1, text.encoding, text.faults, text.mended, titles)
    records = _records(top, delimiters[0])
    above, cells = next(((number, cells) for number, cells in enumerate(records, start=1) if any(cells)), (1, [""]))
    require_narrow(place, len(cells))
    return Delimited(text.path, delimiters[0], tuple(cells), above, text.encoding, text.faults, text.mended)


def _top_of(lines: Sequence[str], delimiter: str) -> Sheet:
    return Sheet("", dict(enumerate(_records(lines, delimiter))))


def _records(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    records: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a field longer than any header
        records += ([cell.strip() for cell in record] for record in csv.reader(lines, delimiter=delimiter))
    return records


def _trimmed(headers: Sequence[str]) -> tuple[str, ...]:
    return tuple(header.strip() for header in headers)


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one record; none where it is none."""
    try:
        return next(csv.reader(line.strip("\r\n").splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return []
