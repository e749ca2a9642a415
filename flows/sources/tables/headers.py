"""Where the headers of a sheet are: below titles and remarks, of one row to three, and again further down where another table begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.sources.tables.model import Sheet
from flows.sources.tables.recognise import LOOSE, Known

HEADER_ROWS = 30  # how far down the first header may stand, below titles and remarks
DEEPEST = 3  # rows that a header may have


@dataclass(frozen=True)
class Header:
    """A header: its first and last row, its columns with one text each, and how many of those are known or ask (`score`)."""

    first: int
    last: int
    columns: tuple[int, ...]
    headers: tuple[str, ...]
    score: int


def first_header(sheet: Sheet, visible: Sequence[int], known: Known, asks: Callable[[str], bool]) -> Header | None:
    """The first header among the rows `visible`, the best one of those that begin near it; None where no row holds what a register needs.

    `asks` says whether a header asks for something that must be heard wherever it stands.
    """
    for position, _ in enumerate(visible[:HEADER_ROWS]):
        near = [
            header
            for start in range(position, min(position + DEEPEST, len(visible)))
            for header in _headers_at(sheet, visible, start, known, asks)
        ]
        if any(header.first == visible[position] for header in near):
            return max(near, key=lambda header: (header.score, header.first - header.last, -header.first))
    return None


def later_headers(sheet: Sheet, visible: Sequence[int], first: Header, known: Known, asks: Callable[[str], bool]) -> Iterator[Header]:
    """Headers further down that are not the first one again. Few rows hold two words that head columns, and only those are looked at."""
    last = first
    for position, row in enumerate(visible):
        if row <= last.last or sum(map(known.may_head, sheet.rows.get(row, ()))) < 2:
            continue
        found = max(
            _headers_at(sheet, visible, position, known, asks), key=lambda header: (header.score, header.first - header.last), default=None
        )
        if found and set(found.headers) != set(last.headers) and not is_again(sheet, row, last):
            last = found
            yield found


def is_again(sheet: Sheet, row: int, header: Header) -> bool:
    """Whether a row repeats a header, or a row of one."""
    texts = [(text, sheet.text(row, column)) for column, text in zip(header.columns, header.headers, strict=True)]
    filled = [(above, here) for above, here in texts if here]
    return bool(filled) and all(_bare(here) in _bare(above) or _bare(above) in _bare(here) for above, here in filled)


def _bare(text: str) -> str:
    return "".join(text.split())


def _headers_at(sheet: Sheet, visible: Sequence[int], position: int, known: Known, asks: Callable[[str], bool]) -> Iterator[Header]:
    """The headers that may begin in a row, of one row and of more, where they name what the register needs."""
    for depth in range(1, DEEPEST + 1):
        rows = visible[position : position + depth]
        if len(rows) < depth or rows[-1] - rows[0] >= depth + 2:
            return
        header = _read_header(sheet, rows, known, asks)
        if header is None:
            continue
        if not known.lacks(header.headers) and not _is_title(sheet, visible[position + depth :], header):
            yield header


def _is_title(sheet: Sheet, below: Sequence[int], header: Header) -> bool:
    """Whether a lone text is a title of what is below it, and heads no column: the rows below have several."""
    return sum(map(bool, header.headers)) == 1 and any(sum(map(bool, sheet.rows.get(row, ()))) > 1 for row in below[:DEEPEST])


def _read_header(sheet: Sheet, rows: Sequence[int], known: Known, asks: Callable[[str], bool]) -> Header | None:
    width = max((len(sheet.rows.get(row, ())) for row in rows), default=0)
    parts = [_parts(sheet, rows, column, width) for column in range(width)]
    if len(rows) > 1 and not _is_of_several_rows(sheet, rows, width, known):
        return None
    tops = [part[0] if len(part) > 1 else "" for part in parts]
    headers = tuple(_header_of(part, known, asks, tops.count(part[0]) if part else 0) for part in parts)
    asking = sum(asks(header) and known.column(header) is None for header in headers)
    return Header(rows[0], rows[-1], tuple(range(width)), headers, known.count(headers) + asking)


def _is_of_several_rows(sheet: Sheet, rows: Sequence[int], width: int, known: Known) -> bool:
    """Whether the rows below the first are headers too, and no records: each of their filled cells is below a heading of several
    columns, or empty above, or a word that heads columns; and the row above is no title over all columns.
    """
    for upper, lower in pairwise(rows):
        above = [column for column in range(width) if sheet.text(upper, column)]
        below = [column for column in range(width) if sheet.text(lower, column)]
        if len(above) < 2 or not below:
            return False
        for column in below:
            text = sheet.text(lower, column)
            own = sheet.text(upper, column)
            is_below_one = bool(own) and not _spreads(sheet, upper, column)
            if len(text) > 30 or (is_below_one and (known.column(text) is None or known.column(own) not in {None, known.column(text)})):
                return False
        if not any(_heads_below(sheet, upper, lower, column, known) for column in below):
            return False
    return True


def _heads_below(sheet: Sheet, upper: int, lower: int, column: int, known: Known) -> bool:
    """Whether the cell in the lower row heads its column: with nothing above, below a heading of several, or below one that says less."""
    own = sheet.text(upper, column)
    return not own or _spreads(sheet, upper, column) or (known.column(own) is None and known.column(sheet.text(lower, column)) is not None)


def _spreads(sheet: Sheet, row: int, column: int) -> bool:
    """Whether the heading in a cell is one of several columns: merged, or, where the format keeps no merged cells, with nothing beside it."""
    if any(c <= column <= last_c and last_c > c for _, c, _, last_c in sheet.spans_at(row)):
        return True
    return not sheet.merged and bool(sheet.text(row, column)) and not sheet.text(row, column + 1)


def _parts(sheet: Sheet, rows: Sequence[int], column: int, width: int) -> list[str]:
    """The texts that head a column, from top to bottom, each once; a heading over (nearly) all columns is a title and none of them."""
    parts: list[str] = []
    for row in rows:
        text = sheet.text(row, column)
        if not text and row != rows[-1]:
            text = _heading_beside(sheet, row, column, rows[-1], width)
        if text and text not in parts:
            parts.append(text)
    return parts


def _heading_beside(sheet: Sheet, row: int, column: int, last: int, width: int) -> str:
    """The text of the merged cell that covers a cell; without merged cells, that of the next filled cell to the left."""
    for r, c, _, last_c in sheet.spans_at(row):
        if c <= column <= last_c:
            return sheet.text(r, c) if last_c - c + 1 < 0.8 * width else ""
    if sheet.merged or not sheet.text(last, column):
        return ""
    return next((sheet.text(row, left) for left in range(column, -1, -1) if sheet.text(row, left)), "")


def _header_of(parts: Sequence[str], known: Known, asks: Callable[[str], bool], siblings: int) -> str:
    """One text for a column's headings: the lowest that is known or asks, all of them together, or the only one there is."""
    if len(parts) < 2:
        return parts[0] if parts else ""
    lowest, joined = parts[-1], "/".join(parts)
    whole = f"{parts[0]}({lowest})"
    for text in (whole, "".join(parts)):
        if known.column(text) and known.rank(text) < LOOSE:
            return text
    if known.column(lowest) or asks(lowest):
        return lowest
    return parts[0] if siblings == 1 and known.column(parts[0]) else joined
