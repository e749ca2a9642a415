"""The tables of all sheets of a workbook as one relation: each column of the register under one header, whatever each sheet calls it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from flows.sources.tables.layout import EACH, Found, find_tables, listed
from flows.sources.tables.model import Sheet, column_letters, place_of
from flows.sources.tables.notes import Note
from flows.sources.tables.over import Over
from flows.sources.tables.recognise import LOOSE, Known

EXPLAINS = re.compile(
    "^(填报|填表|使用|表格|报送)?(说明|须知|示例|样例|示范|范例|字典|代码表|代码|封面|下拉.*)(表|页)?$"
)  # sheets that explain others
MENTIONS = re.compile("说明|须知|示例|样例|示范|范例|样表|字典|代码表|封面|指南|要求|readme|instruction|example|guide|notes", re.IGNORECASE)
CELLS = "under "  # leads the columns that hold cells, so that no header meets the name of one of ours
ACROSS = "#合并单元格"
UNREADABLE_AS = {
    "error": "unreadable_error",
    "formula": "unreadable_formula",
    "lost_digits": "lost_digits",
    "garbled": "unreadable_garbled",
    "across": "merged_across",
}


@dataclass
class Grid:
    """All records of a workbook: `table` has source_sheet, source_row and a column of text for each of `headers` (`CELLS` before its
    name); `names` says which header stands for which column of the register. `unknown_sheets` are those that look like tables and hold
    none of the register's headers. `over` is what stands over its rows.
    """

    table: pa.Table
    headers: list[str]
    names: dict[str, str]
    notes: list[Note]
    unknown_sheets: list[str]
    over: list[Over]


@dataclass
class _Collected:
    names: dict[str, str] = field(default_factory=dict)
    parts: list[pa.Table] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unknown_sheets: list[str] = field(default_factory=list)
    over: list[Over] = field(default_factory=list)


def read_grid(sheets: Sequence[Sheet], known: Known, asks: Callable[[str], bool], heard: Sequence[str]) -> Grid | None:
    """The records of all visible sheets; None where none of them holds the headers that the register needs.

    `heard` names columns that are read even where they are hidden, since they may say that a row must not leave.
    """
    done = _Collected()
    for sheet in sheets:
        if sheet.is_hidden:
            if sheet.rows:
                done.notes.append(Note("hidden_sheet", f"工作表 {sheet.name}", sheet.name))
            continue
        if mended := [place_of(*at) for at, (kind, _) in sheet.marks.items() if kind == "mended"]:
            done.notes.append(Note("mended_text", listed(mended), sheet.name))
        tables = find_tables(sheet, known, asks)
        if tables and EXPLAINS.match(sheet.name) and len(sheets) > 1:
            done.notes.append(Note("explaining_sheet", f"工作表 {sheet.name}", sheet.name))
            continue
        if not tables:
            _without_table(sheet, known, done)
        for table in tables:
            _collect(table, known, asks, heard, done)
    if not done.parts:
        return None
    table = pa.concat_tables(done.parts, promote_options="default")
    headers = [name.removeprefix(CELLS) for name in table.column_names if name.startswith(CELLS)]
    return Grid(table, headers, done.names, done.notes, done.unknown_sheets, done.over)


def _without_table(sheet: Sheet, known: Known, done: _Collected) -> None:
    if not sheet.rows:
        return
    best = max((known.count(cells) for _, cells in sorted(sheet.rows.items())[:30]), default=0)
    if best >= 2 and not MENTIONS.search(sheet.name):
        done.unknown_sheets.append(sheet.name)
    else:
        done.notes.append(Note("sheet_without_table", f"工作表 {sheet.name}", sheet.name))


def _collect(table: Found, known: Known, asks: Callable[[str], bool], heard: Sequence[str], done: _Collected) -> None:
    sheet = table.sheet
    name = f"{sheet.name} ({table.part})" if table.part else sheet.name
    rows = sorted(table.rows)
    done.over += [Over("sheet", sheet.name, name), *(replace(over, sheet=name) for over in table.over)]
    told = told_apart(table.headers, table.columns)
    for row in rows:
        _mark_across(table, row, known)
    cells = {header: [table.rows[row][position] for row in rows] for position, header in enumerate(told)}
    chosen = _chosen(table, told, cells, known, asks, heard, done, name)
    columns = {}
    by_header = {header: column for column, header in chosen.items()}
    for position, header in enumerate(told):
        column = by_header.get(header)
        if _is_passed_over(table, position, header, column, asks, heard):
            continue
        _mark_unreadable(table, position, column, rows, cells[header], known, asks(header), done, name)
        if not (table.headers[position] or any(cells[header])):
            continue
        shown = done.names.setdefault(column, header) if column else _free(header, done.names, chosen)
        columns[CELLS + shown] = pa.array([cell or None for cell in cells[header]], pa.string())
    for column, (value, header) in known.told(chosen).items():
        columns[CELLS + done.names.setdefault(column, header)] = pa.array([value] * len(rows), pa.string())
        done.notes.append(Note("told_by_header", f"工作表 {name}", name, None, column))
    numbers = pa.array([row - table.counted_from for row in rows], pa.int64())
    done.parts.append(pa.table({"source_sheet": pa.array([name] * len(rows), pa.string()), "source_row": numbers, **columns}))
    done.notes += _notes_of(table, name, {position: by_header.get(header) for position, header in enumerate(told)})


def _free(header: str, names: Mapping[str, str], chosen: Mapping[str, str]) -> str:
    """A header that stands for no column here, under a name that stands for none in another sheet either."""
    return f"{header} (2)" if header in names.values() and header not in chosen.values() else header


def _is_passed_over(
    table: Found, position: int, header: str, column: str | None, asks: Callable[[str], bool], heard: Sequence[str]
) -> bool:
    return table.columns[position] in table.sheet.hidden_columns and column not in heard and not asks(header)


def _chosen(
    table: Found,
    told: Sequence[str],
    cells: Mapping[str, list[str]],
    known: Known,
    asks: Callable[[str], bool],
    heard: Sequence[str],
    done: _Collected,
    sheet: str,
) -> dict[str, str]:
    """Register column -> the header that stands for it here: of several the surest that is filled as well as any."""
    position = {header: at for at, header in enumerate(told)}
    visible = [header for header in told if not _is_passed_over(table, position[header], header, known.column(header), asks, heard)]
    chosen = {}
    for column, headers in known.claims(visible).items():
        filled = {header: sum(map(bool, cells[header])) for header in headers}
        most = max(filled.values())
        chosen[column] = next(header for header in headers if filled[header] >= 0.8 * most)
        place = f"{column_letters(table.columns[position[chosen[column]]])}列"
        is_one = known.joins(column, heard) and all(sum(map(bool, row)) < 2 for row in zip(*(cells[h] for h in headers), strict=True))
        if is_one:
            cells[chosen[column]][:] = ["".join(row) for row in zip(*(cells[h] for h in headers), strict=True)]
        done.notes += [
            Note(
                "joined_columns" if is_one else "second_column", f"{column_letters(table.columns[position[h]])}列“{h}”", sheet, None, column
            )
            for h in headers
            if h != chosen[column] and filled[h]
        ]
        if known.rank(chosen[column]) == LOOSE:
            done.notes.append(Note("loose_header", f"{place}“{chosen[column]}”", sheet, None, column))
    for column in known.not_spoken(chosen, lambda header: cells[header]):
        header = chosen.pop(column)
        done.notes += [Note("other_cells", f"“{header}”列", sheet, None, column)] if any(cells[header]) else []
    return chosen


def _mark_across(table: Found, row: int, known: Known) -> None:
    """Mark the cells of known columns that a merged cell of another column covers: they are not empty, and what is meant for them is not said."""
    sheet, texts = table.sheet, table.rows[row]
    for r, c, last_r, last_c in sheet.spans_at(row):
        for position, column in enumerate(table.columns):
            is_covered = c < column <= last_c and table.header[1] < r <= row <= last_r and not texts[position]
            if is_covered and sheet.text(r, c) and known.column(table.headers[position]):
                sheet.marks[row, column] = ("across", ACROSS)


def _mark_unreadable(
    table: Found,
    position: int,
    column: str | None,
    rows: Sequence[int],
    cells: list[str],
    known: Known,
    does_ask: bool,
    done: _Collected,
    sheet: str,
) -> None:
    """Cells that hold something and no value. Below a header of days, numbers or known words, or one that asks, what stands there stays,
    for it is no day, number or answer, and the row says so; elsewhere nothing stays, for it would be taken for a text.
    """
    at = table.columns[position]
    stays = column in known.register.typed if column else True
    from_1904 = table.sheet.counts_from_1904 and bool(column) and str(column).endswith("_on")
    for number, row in enumerate(rows):
        if from_1904 and cells[number].isdigit() and len(cells[number]) == 5:
            cells[number] = str(int(cells[number]) + 1462)
        mark = table.sheet.marks.get((row, at))
        if mark is None or cells[number]:
            continue
        cells[number] = mark[1] if stays or does_ask else ""
        if column:
            done.notes.append(Note(UNREADABLE_AS[mark[0]], place_of(row, at), sheet, row - table.counted_from, column))


def _notes_of(table: Found, sheet: str, columns: Mapping[int, str | None]) -> Iterator[Note]:
    """What was passed over and filled in, each place once; of many of a kind the first ones, and how many there are."""
    counts = Counter(passed.kind for passed in table.passed)
    for passed in table.passed:
        if counts[passed.kind] <= EACH:
            column = columns.get(passed.column) if passed.column is not None else None
            yield Note(passed.kind, passed.place, sheet, passed.row, column)
    for kind, count in counts.items():
        if count > EACH:
            yield Note(kind, listed(passed.place for passed in table.passed if passed.kind == kind), sheet)
    hidden = [c for c in table.columns if c in table.sheet.hidden_columns]
    if hidden:
        yield Note("hidden_column", listed(f"{column_letters(c)}列" for c in hidden), sheet)
    if table.sheet.stray_cells:
        yield Note("stray_cells", f"{table.sheet.stray_cells}个单元格", sheet)


def told_apart(headers: Sequence[str], columns: Sequence[int] | None = None) -> list[str]:
    """Headers that differ: a second 标题 is 标题 (2), a nameless third column 第3列, so that what stands below is kept. `columns` are the
    places that they are counted by, from 0; without them they are counted as they come.
    """
    names: list[str] = []
    for position, header in enumerate(headers):
        name = header or f"第{(columns[position] if columns else position) + 1}列"
        same = sum(other == header for other in headers[:position]) if header else 0
        names.append(f"{name} ({same + 1})" if same else name)
    return names
