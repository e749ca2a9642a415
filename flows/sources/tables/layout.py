"""Where the tables of a sheet are: below which row of headers, in which columns, and which rows below are records.

Titles above, notes and signatures below, blank rows, headers of two or three rows, headers that are repeated on each page, tables below
and beside each other: what a clerk sees at a glance. What is passed over is said, and never repeated: notes name people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flows.sources.tables.filling import MOST_ROWS, says_how
from flows.sources.tables.headers import Header, first_header, is_again, later_headers
from flows.sources.tables.model import Sheet, Span, column_letters, place_of
from flows.sources.tables.naming import names_record, naming_columns
from flows.sources.tables.notes_text import NOTE, TOTAL
from flows.sources.tables.over import Over
from flows.sources.tables.recognise import Known

DITTO = re.compile(r"^\s*(同\s*上|[〃″”〞]|ditto|do\.)\s*$", re.IGNORECASE)
MOST_COVERED = 2_000_000  # cells that are filled from merged ones above; of a sheet with more the others stay empty
EACH = 12  # places that a note names at most


@dataclass(frozen=True)
class Passed:
    """Something that was passed over or filled in, and where: `row` counts as rows of the table do, None where it is about more."""

    kind: str
    place: str
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Found:
    """A table of a sheet: where its header is, its columns with their headers, and its records by row of the sheet."""

    sheet: Sheet
    header: tuple[int, int]  # first and last row of it
    columns: tuple[int, ...]
    headers: tuple[str, ...]
    counted_from: int  # the row of the sheet after which its rows are counted from 1
    part: str = ""  # of tables beside each other, the columns of this one: G:K
    rows: dict[int, list[str]] = field(default_factory=dict)  # row of the sheet -> texts, by columns
    passed: list[Passed] = field(default_factory=list)
    carried: list[tuple[int, int]] = field(default_factory=list)  # (row, position) of cells filled from above
    over: list[Over] = field(default_factory=list)  # what stands over its rows; a heading's row counts as those of `passed` do


def find_tables(sheet: Sheet, known: Known, asks: Callable[[str], bool]) -> list[Found]:
    """The tables of a sheet, from top to bottom and from left to right; none where no row holds the headers that a register needs.

    `asks` says whether a header asks for something that must be heard wherever it stands.
    """
    visible = [row for row in sorted({*sheet.rows, *(row for row, _ in sheet.marks)}) if row not in sheet.hidden_rows]
    first = first_header(sheet, visible, known, asks)
    if first is None:
        return []
    starts = [first, *later_headers(sheet, visible, first, known, asks)]
    ends = [header.first for header in starts[1:]] + [sheet.height]
    tables = [
        _with_rows(sheet, header, columns, end, first.last, known)
        for header, end in zip(starts, ends, strict=True)
        for columns in _side_by_side(sheet, header, end, known)
    ]
    over = [*_titles(sheet, visible, first), *_headings(sheet, visible, first.last)]
    for table in tables:
        table.over.extend(over)
    return tables


def _titles(sheet: Sheet, visible: Sequence[int], first: Header) -> Iterator[Over]:
    """The texts over a sheet and above its first header, which are about all of it."""
    above = [text for row in visible if row < first.first for text in sheet.rows.get(row, ())]
    for text in dict.fromkeys([*sheet.titles, *above]):
        if text:
            yield Over("note" if NOTE.match(text) else "title", text)


def _headings(sheet: Sheet, visible: Sequence[int], counted_from: int) -> Iterator[Over]:
    """The texts that stand alone in a row below the first header: notes are about the whole sheet, headings about what is below them."""
    for row in visible:
        texts = [text for text in dict.fromkeys(sheet.rows.get(row, ())) if text]
        if row > counted_from and len(texts) == 1:
            is_note = NOTE.match(texts[0])
            yield Over("note" if is_note else "heading", texts[0], row=None if is_note else row - counted_from)


def _side_by_side(sheet: Sheet, header: Header, end: int, known: Known) -> list[tuple[int, ...]]:
    """The columns of each table of a header: one, or several that stand beside each other with an empty column between them."""
    empty = {
        c
        for c in header.columns
        if not header.headers[c] and not any(sheet.text(row, c) for row in range(header.last + 1, min(end, header.last + 200)))
    }
    blocks: list[list[int]] = [[]]
    for column in header.columns:
        if column in empty:
            blocks.append([])
        else:
            blocks[-1].append(column)
    whole = [block for block in blocks if block and not known.lacks([header.headers[c] for c in block])]
    if len(whole) > 1:
        return [tuple(block) for block in whole]
    return [tuple(c for c in header.columns if header.headers[c] or c not in empty)]


def _with_rows(sheet: Sheet, header: Header, columns: tuple[int, ...], end: int, counted_from: int, known: Known) -> Found:
    is_part = len(columns) < len([h for h in header.headers if h]) and any(header.headers[c] for c in header.columns if c not in columns)
    part = f"{column_letters(columns[0])}:{column_letters(columns[-1])}" if is_part else ""
    headers = [header.headers[column] for column in columns]
    further = _columns_without_header(sheet, header, columns, end) if not is_part else []
    table = Found(sheet, (header.first, header.last), (*columns, *further), (*headers, *[""] * len(further)), counted_from, part)
    required = [p for p, h in enumerate(table.headers) if h and known.column(h) in known.required]
    naming = [p for p, h in enumerate(table.headers) if h and known.column(h) in naming_columns(known.register)]
    below = _cells_below(sheet, header.last, end)
    is_last = end >= sheet.height
    widest = max(2, len(table.columns) / 2)
    wide = {r for r, c, _, last_c in sheet.merged if last_c - c + 1 >= widest}
    own = Header(header.first, header.last, table.columns, table.headers, 0)
    former: int | None = None
    below_header = sorted(row for row in {*sheet.rows, *(r for r, _ in sheet.marks)} if header.last < row < end)
    filling = _filling_rows(sheet, table, below_header, required)
    for row in below_header:
        texts = [sheet.text(row, column) for column in table.columns]
        if not any(texts) and not any((row, column) in sheet.marks for column in table.columns):
            continue
        if row in sheet.hidden_rows:
            table.passed.append(Passed("hidden_row", f"第{row + 1}行", row - counted_from))
            former = None
            continue
        if is_again(sheet, row, own) and sum(map(bool, texts)) > 1:
            table.passed.append(Passed("repeated_header", f"第{row + 1}行", row - counted_from))
            continue
        is_title = not is_last and row >= end - 3 and sum(map(bool, texts)) == 1 and len(required) > 1  # of the table below
        if (
            kind := "heading_row"
            if is_title
            else "filling_row"
            if row in filling
            else _note_kind(sheet, row, table, texts, required, naming, is_wide=row in wide)
        ):
            table.passed.append(Passed(kind, f"第{row + 1}行", row - counted_from))
            former = None
            continue
        _carry(table, row, texts, former, below)
        table.rows[row] = texts
        former = row
    return table


def _filling_rows(sheet: Sheet, table: Found, rows: Sequence[int], required: Sequence[int]) -> set[int]:
    """The rows directly below a header that say how to fill in; none where so many look so that they are records."""
    found: set[int] = set()
    for row in rows:
        texts = [sheet.text(row, column) for column in table.columns]
        if any(texts) and not says_how(texts, required):
            break
        found |= {row} if any(texts) else set()
    return found if len(found) <= MOST_ROWS else set()


def _columns_without_header(sheet: Sheet, header: Header, columns: Sequence[int], end: int) -> list[int]:
    """Columns right of the header in which something stands."""
    right = len(header.columns)
    filled: set[int] = set()
    for row, cells in sheet.rows.items():
        if header.last < row < end and len(cells) > right:
            filled.update(c for c in range(right, len(cells)) if cells[c])
    return sorted(filled - set(columns))


def _note_kind(
    sheet: Sheet, row: int, table: Found, texts: Sequence[str], required: Sequence[int], naming: Sequence[int], *, is_wide: bool
) -> str | None:
    """Whether a row is a note, a signature, a sum or a heading over the rows below it, and no record."""
    filled = [text for text in texts if text]
    if len(filled) > 1 and all(map(NOTE.match, filled)):
        return "note_row"
    if not filled or (required and all(texts[p] or (row, table.columns[p]) in sheet.marks for p in required) and not _is_sum(filled)):
        return None
    names_one = any(texts[p] and names_record(texts[p]) for p in naming)
    if NOTE.match(filled[0]) and not names_one and (len(filled) <= 3 or not any(texts[p] for p in required[1:])):
        return "note_row"
    if TOTAL.match(filled[0]) and _is_sum(filled):
        return "total_row"
    return "heading_row" if len(filled) == 1 and is_wide else None


def _is_sum(filled: Sequence[str]) -> bool:
    """Whether a row says how many or how much: 合计, and numbers or nothing beside it."""
    return bool(TOTAL.match(filled[0])) and all(re.fullmatch(r"[\d,.，\s]*[个件条项份人次元]?", text) for text in filled[1:])


def _cells_below(sheet: Sheet, above: int, end: int) -> dict[tuple[int, int], Span]:
    """For each cell that a merged range covers below its first row: the range. Those that begin in a header say nothing of records."""
    covered: dict[tuple[int, int], Span] = {}
    for span in sheet.merged_columns():
        r, c, last_r, _ = span
        if above < r < end and last_r - r < 100_000 and len(covered) < MOST_COVERED:
            covered.update(((row, c), span) for row in range(r + 1, min(last_r + 1, end)))
    return covered


def _carry(table: Found, row: int, texts: list[str], former: int | None, below: dict[tuple[int, int], Span]) -> None:
    """Fill, in a row that has something of its own, what a merged cell above or a ditto mark says it has too."""
    sheet, begun = table.sheet, any(texts)
    for position, column in enumerate(table.columns):
        span = below.get((row, column))
        if span and begun and not texts[position] and (row, column) not in sheet.marks:
            r, c, last_r, _ = span
            texts[position] = table.rows[r][position] if r in table.rows else sheet.text(r, c)
            if mark := sheet.marks.get((r, c)):
                sheet.marks[row, column] = mark
            if row == r + 1:
                table.passed.append(Passed("merged_cells", f"{place_of(r, c)}:{place_of(last_r, c)}", row - table.counted_from, position))
            table.carried.append((row, position))
        elif texts[position] and DITTO.match(texts[position]):
            if former is not None and (text := table.rows[former][position]) and not DITTO.match(text):
                texts[position] = text
                table.passed.append(Passed("ditto", place_of(row, column), row - table.counted_from, position))
                table.carried.append((row, position))
            elif former is not None and (mark := sheet.marks.get((former, column))):
                texts[position] = ""
                sheet.marks[row, column] = mark


def listed(places: Iterable[str]) -> str:
    """Places as a person reads them, the first of many."""
    all_of = list(places)
    more = f"…（共{len(all_of)}处）" if len(all_of) > EACH else ""
    return "、".join(all_of[:EACH]) + more
