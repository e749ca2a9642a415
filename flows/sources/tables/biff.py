"""What a workbook of Excel 97 to 2003 (.xls, and WPS's .et) says beside the values of its cells: [MS-XLS] 2.4, in an OLE container [MS-CFB].

Values come from calamine; from here come number formats, errors, hidden sheets, rows and columns, which it does not tell. Excel 95 and
earlier have none of this here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


@dataclass
class SheetFacts:
    """Of a sheet: whether it is hidden, its hidden rows and columns, errors and numbers (value, format) by cell."""

    is_hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    numbers: dict[tuple[int, int], tuple[float, str | int]] = field(default_factory=dict)


@dataclass
class BookFacts:
    from_1904: bool = False
    sheets: dict[str, SheetFacts] = field(default_factory=dict)


def streams(data: bytes) -> dict[str, bytes]:
    """The streams of an OLE container by name; none where it is damaged."""
    try:
        return _streams(data)
    except (struct.error, IndexError, ValueError):
        return {}


def _streams(data: bytes) -> dict[str, bytes]:
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    small_size = 1 << struct.unpack_from("<H", data, 32)[0]
    (first_directory,) = struct.unpack_from("<I", data, 48)
    cutoff, first_small = struct.unpack_from("<II", data, 56)
    master = [sector for sector in struct.unpack_from("<109I", data, 76) if sector < END]
    (following,) = struct.unpack_from("<I", data, 68)
    for _ in range(len(data) // size + 1):
        if following >= END:
            break
        entries = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        master += [sector for sector in entries[:-1] if sector < END]
        following = entries[-1]
    table: list[int] = []
    for sector in master:
        table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    directory = _chain(data, first_directory, table, size, size)
    entries_of = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    root = entries_of[0]
    small_stream = _chain(data, struct.unpack_from("<I", root, 116)[0], table, size, size)
    small_data = _chain(data, first_small, table, size, size) if first_small < END else b""
    small_table = list(struct.unpack(f"<{len(small_data) // 4}I", small_data)) if small_data else []
    found = {}
    for entry in entries_of:
        length, kind = struct.unpack_from("<H", entry, 64)[0], entry[66]
        if kind == 2 and length > 2:
            name = entry[: length - 2].decode("utf-16-le", "replace")
            start, count = struct.unpack_from("<II", entry, 116)
            is_small = count < cutoff
            whole = _chain(small_stream, start, small_table, small_size, 0) if is_small else _chain(data, start, table, size, size)
            found[name] = whole[:count]
    return found


def _chain(data: bytes, start: int, table: list[int], size: int, offset: int) -> bytes:
    pieces, sector = [], start
    for _ in range(len(table) + 1):
        if sector >= END:
            break
        pieces.append(data[sector * size + offset : (sector + 1) * size + offset])
        sector = table[sector]
    return b"".join(pieces)


def book_facts(data: bytes) -> BookFacts | None:
    """The facts of a workbook; None where it is of another version, encrypted or damaged."""
    found = streams(data)
    stream = found.get("Workbook")
    if stream is None:
        return None
    try:
        return _facts(stream)
    except (struct.error, IndexError, UnicodeDecodeError):
        return None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        if kind == 0x0A:
            return
        at += 4 + length


def _facts(stream: bytes) -> BookFacts | None:
    book, codes, styles, places = BookFacts(), {}, [], []
    for kind, body in _records(stream, 0):
        if kind == 0x2F:  # encrypted
            return None
        if kind == 0x22:
            book.from_1904 = body[:1] == b"\x01"
        elif kind == 0x41E:
            codes[struct.unpack_from("<H", body)[0]] = _text(body[2:])
        elif kind == 0xE0:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == 0x85:
            place, state, sort = struct.unpack_from("<IBB", body)
            length, wide = body[6], body[7] & 1
            name = body[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
            places.append((place, state, sort, name))
    formats: list[str | int] = [codes.get(number, number) for number in styles]
    for place, state, sort, name in places:
        if sort == 0:
            book.sheets[name] = _sheet(stream, place, formats, is_hidden=state != 0)
    return book


def _text(body: bytes) -> str:
    length, flags = struct.unpack_from("<HB", body)
    return body[3:].decode("utf-16-le" if flags & 1 else "latin-1")[:length]


def _sheet(stream: bytes, place: int, formats: list[str | int], *, is_hidden: bool) -> SheetFacts:
    sheet = SheetFacts(is_hidden)
    for kind, body in _records(stream, place):
        if kind == 0x208 and struct.unpack_from("<H", body, 12)[0] & 0x20:
            sheet.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == 0x7D and struct.unpack_from("<H", body, 8)[0] & 1:
            first, last = struct.unpack_from("<HH", body)
            sheet.hidden_columns.update(range(first, min(last, 255) + 1))
        else:
            _cell(sheet, kind, body, formats)
    return sheet


def _cell(sheet: SheetFacts, kind: int, body: bytes, formats: list[str | int]) -> None:
    """Note an error or the numbers of a record of cells: BOOLERR, FORMULA, NUMBER, RK, MULRK."""
    if kind == 0x205 and body[7]:
        sheet.errors[struct.unpack_from("<HH", body)] = ERRORS.get(body[6], "#N/A")
    elif kind == 0x06 and body[12:14] == b"\xff\xff":  # a formula whose result is no number
        if body[6] == 2:
            sheet.errors[struct.unpack_from("<HH", body)] = ERRORS.get(body[8], "#N/A")
    elif kind in {0x06, 0x203}:
        row, column, style, number = struct.unpack_from("<HHHd", body)
        sheet.numbers[row, column] = (number, _format(formats, style))
    elif kind == 0x27E:
        row, column, style, packed = struct.unpack_from("<HHHI", body)
        sheet.numbers[row, column] = (_unpacked(packed), _format(formats, style))
    elif kind == 0xBD:
        row, first = struct.unpack_from("<HH", body)
        for position, at in enumerate(range(4, len(body) - 2, 6)):
            style, packed = struct.unpack_from("<HI", body, at)
            sheet.numbers[row, first + position] = (_unpacked(packed), _format(formats, style))


def _format(formats: list[str | int], style: int) -> str | int:
    return formats[style] if style < len(formats) else 0


def _unpacked(packed: int) -> float:
    """An RK number: [MS-XLS] 2.5.217."""
    if packed & 2:
        number = float(packed >> 2 if packed < 1 << 31 else (packed >> 2) - (1 << 30))
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return number / 100 if packed & 1 else number
