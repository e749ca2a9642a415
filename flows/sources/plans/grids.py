"""Tables found in a plan's lines, whatever they became on the way into text: rows of bars or tabs here, one cell a line in stacked.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flows.sources.plans.columns import (
    TEXT_ROLES,
    completed_roles,
    header_role,
    header_roles,
    joined_headers,
    roles_by_content,
    spanned_headers,
    target_roles,
)
from flows.sources.plans.drawn import unbroken_rows, whole_rows
from flows.sources.plans.formats.plain import is_partly_ruled, is_rule
from flows.sources.plans.names import looks_like_unit
from flows.sources.plans.stacked import read_stacked
from flows.sources.plans.taskgrid import TableCell, TaskGrid, align, widened
from flows.sources.plans.text import Line, SourceText

_NUMBER = re.compile(r"(\d{1,3})[.、]?$")
_TYPED = frozenset(
    {"txt", "md"}
)  # where bars are typed they may enclose a row; other formats know their cells, and an empty last one ends in a bar


def read_grids(source: SourceText, folded: str) -> Iterator[TaskGrid]:
    """All tables with a header that says what their columns hold."""
    lines = [line for line in source.lines if line.kind not in {"boilerplate", "metadata"}]
    copied = frozenset(source.merged_cells)
    rules = frozenset(line.number for line in source.lines if line.kind == "boilerplate" and is_rule(line.text))
    has_outer_bars = source.format in _TYPED
    index = 0
    while index < len(lines):
        grid, after = _grid_at(lines, index, folded, copied, rules, has_outer_bars=has_outer_bars)
        if grid is not None:
            yield grid
        index = max(after, index + 1)


def _grid_at(
    lines: Sequence[Line],
    index: int,
    folded: str,
    copied: frozenset[tuple[int, int]],
    rules: frozenset[int],
    *,
    has_outer_bars: bool,
) -> tuple[TaskGrid | None, int]:
    line = lines[index]
    if not line.text.strip():
        return None, index + 1
    if line.kind == "table" or "\t" in line.text.strip():
        return _bar_grid(lines, index, folded, copied, rules, has_outer_bars=has_outer_bars)
    if len(line.text) <= 24 and header_role("".join(folded[line.offset : line.offset + len(line.text)].split()).strip("|")):  # noqa: PLR2004 -- headers are short
        return read_stacked(lines, index, folded)
    return None, index + 1


def cells_of(line: Line, folded: str, copied: frozenset[tuple[int, int]], outer: tuple[bool, bool]) -> list[TableCell]:
    """The cells of a `|` or tab row; where the table has outer bars (left, right) they make no cell."""
    text = folded[line.offset : line.offset + len(line.text)]
    mark = "|" if "|" in text else "\t"
    cells = []
    left = line.offset
    for column, words in enumerate(text.split(mark)):
        parts = words.split()
        comma = "、" if len(parts) > 1 and all(map(looks_like_unit, parts)) else ""  # names parted by blanks are a list, not one long word
        cells.append(TableCell(((left, left + len(words)),), comma.join(parts), (line.number, column) in copied))
        left += len(words) + 1
    if outer[0] and len(cells) > 1 and not cells[0].text:
        del cells[0]
    if outer[1] and len(cells) > 1 and not cells[-1].text:
        del cells[-1]
    return cells


def _outer_bars(lines: Sequence[Line]) -> tuple[bool, bool]:
    """Whether the rows of a table begin and end with a bar."""
    texts = [line.text.strip() for line in lines if line.text.strip()]
    most = 0.6 * len(texts)
    ends = sum(text.endswith("|") for text in texts)
    # below a header that ends with a bar every other row may be broken over two lines
    return sum(text.startswith("|") for text in texts) > most, ends > most or (
        texts[:1] != [] and texts[0].endswith("|") and ends > most / 2
    )


def _bar_grid(
    lines: Sequence[Line],
    index: int,
    folded: str,
    copied: frozenset[tuple[int, int]],
    rules: frozenset[int],
    *,
    has_outer_bars: bool,
) -> tuple[TaskGrid | None, int]:
    after = index
    while after < len(lines) and (lines[after].kind == "table" or "\t" in lines[after].text.strip() or not lines[after].text.strip("| ")):
        after += 1
    own = [line for line in lines[index:after] if line.text.strip("| ")]
    if any(is_partly_ruled(line.text) for line in own):
        return TaskGrid([], [], lines={line.number for line in own}), after  # no row can be told for sure: it is a loss
    outer = _outer_bars(own) if has_outer_bars else (False, False)
    rows = [(line, cells_of(line, folded, copied, outer)) for line in own]
    rows = whole_rows(rows, rules) if rules else unbroken_rows(rows) if outer[1] else rows
    head = _head_of(rows, folded[lines[index - 1].offset : lines[index].offset].strip() if index else "")
    if head is None:
        records = _records(rows)
        if records.rows:
            return records, after
        if rows and sum(sum(bool(cell.text) for cell in cells) <= 1 for _, cells in rows) > 0.8 * len(rows):
            return read_stacked(lines, index, folded)
        return None, after
    roles = widened(head.roles, head.headers, [[cell for cell in cells if cell.text] for _, cells in rows[head.end :]])
    grid = TaskGrid(roles, head.headers, lines={line.number for line in own})
    for _, cells in rows[head.end :]:
        _add_row(grid, cells)
    if outer[1] and grid.rows and not own[-1].text.rstrip().endswith("|"):
        _cut_short(grid.rows[-1])
    return grid, after


class _Head(NamedTuple):
    """The header of a table of bars: rows[:end] are it and what stands above it."""

    end: int
    headers: list[str]
    roles: list[str | None]


def _head_of(rows: Sequence[tuple[Line, list[TableCell]]], above: str) -> _Head | None:
    """The header told by its words, else by what the rows below it hold; `above` is the line above the table."""
    torn = _torn_head(rows)
    if torn is not None:
        return torn
    head = next((at for at, (_, cells) in enumerate(rows[:6]) if header_roles([cell.text for cell in cells])), None)
    if head is None:
        return _head_by_content(rows, above)
    spanned = _spanned_head(rows, head - 1) or _spanned_head(rows, head)
    if spanned is not None:
        return spanned
    headers = [cell.text for cell in rows[head][1]]
    words = [[cell.text for cell in cells] for _, cells in rows[head + 1 : head + 21]]
    return _Head(head + 1, headers, completed_roles(headers, header_roles(headers) or [], words))


def _torn_head(rows: Sequence[tuple[Line, list[TableCell]]]) -> _Head | None:
    """A header of whose words each piece became a cell of its own (牵头 | 部门), above rows that begin with their numbers and are alike in width."""
    first = next((at for at, (_, cells) in enumerate(rows[:_DEEPEST_HEAD]) if cells and cells[0].text == "1"), None)
    if not first:
        return None
    below = [[cell.text for cell in cells] for _, cells in rows[first : first + 20]]
    pieces, width = [cell.text for cell in rows[first - 1][1] if cell.text], len(below[0])
    if len(below) < 2 or len(pieces) <= width or any(len(row) != width for row in below):  # noqa: PLR2004 -- one row shows no width
        return None
    headers = joined_headers(pieces, width, below)
    roles = header_roles(headers) if headers else None
    return _Head(first, headers, completed_roles(headers, roles, below)) if headers and roles else None


def _spanned_head(rows: Sequence[tuple[Line, list[TableCell]]], at: int) -> _Head | None:
    """The header whose first row stands at `at` and whose second one names the parts of some of its columns: 责任清单 above 责任领导 责任科室."""
    if at < 0 or at + 2 >= len(rows):
        return None
    upper, lower, *below = ([cell.text for cell in cells if cell.text] for _, cells in rows[at : at + 22])
    headers = spanned_headers(upper, lower, below)
    if headers is None:
        return None
    roles = header_roles(headers) or [header_role(word) for word in headers]
    return _Head(at + 2, headers, completed_roles(headers, roles, [[cell.text for cell in cells] for _, cells in rows[at + 2 : at + 22]]))


def _head_by_content(rows: Sequence[tuple[Line, list[TableCell]]], above: str) -> _Head | None:
    """The row that heads a table of tasks or targets though its words are not known, told by the rows below."""
    for at in range(min(len(rows) - 2, _DEEPEST_HEAD)):
        words = [[cell.text for cell in cells] for _, cells in rows[at : at + 20]]
        if len([word for word in words[0] if word]) < len(words[0]) or len(words[1]) < len(words[0]) - 1:
            continue
        roles = roles_by_content(words[0], words[1:]) or target_roles(words[0], words[1:], above)
        if roles is not None:
            return _Head(at + 1, words[0], roles)
    return None


_DEEPEST_HEAD = 4


def _records(rows: Sequence[tuple[Line, list[TableCell]]]) -> TaskGrid:
    """`重点工作: | 推进… |` above `牵头单位: | 甲 |`: labels beside their values, each task's label begins a record."""
    grid = TaskGrid(["task", "lead", "responsible", "deadline"], [], carries=False)
    for line, cells in rows:
        filled = [cell for cell in cells if cell.text]
        for label, value in zip(filled[::2], filled[1::2], strict=False):
            role = header_role(label.text.rstrip(":")) if header_role(value.text) is None else None  # else a header, no label and its value
            role = "task" if role in TEXT_ROLES else role
            if role == "task" and (not grid.rows or any(grid.rows[-1][1:])):
                grid.rows.append([value, None, None, None])
            elif role in grid.roles[1:] and grid.rows:
                grid.rows[-1][grid.roles.index(role)] = value
            else:
                continue
            grid.lines.add(line.number)
    if not all(any(row[1:]) for row in grid.rows):
        grid.rows.clear()  # words beside words, no labels
    return grid


def _cut_short(row: list[TableCell | None]) -> None:
    """A last row without its closing bar was cut: what it does not print is lost, no merged cell above holds for it."""
    printed = [(column, cell.end) for column, cell in enumerate(row) if cell is not None]
    if printed:
        last, end = printed[-1]
        row[last + 1 :] = [TableCell(((end, end),), "")] * (len(row) - last - 1)


_ITEM = re.compile(r"(?P<cnb>\([一二三四五六七八九十]{1,3}\))|(?P<num>\d{1,3}[.、](?!\d))|(?P<numb>\(\d{1,2}\))")


def _column_going_on(grid: TaskGrid, words: str) -> int | None:
    """The column of a row whose other cells are merged with those above: where its number goes on from the number there."""
    item = _ITEM.match(words)
    for column, cell in enumerate(grid.rows[-1] if grid.rows else []):
        above = _ITEM.match(cell.text) if cell is not None else None
        if item is not None and above is not None and above.lastgroup == item.lastgroup:
            return column
    return None


def _add_row(grid: TaskGrid, cells: list[TableCell]) -> None:
    filled = [cell for cell in cells if cell.text]
    if [cell.text for cell in cells] == grid.headers or not filled or (len(filled) > 1 and all(header_role(cell.text) for cell in filled)):
        return  # the header again, after a page break, or its second row
    is_section = len({cell.text for cell in filled}) == 1 and len(grid.roles) > 1 and not _NUMBER.match(filled[0].text)
    if is_section:
        column = _column_going_on(grid, filled[0].text)
        if column is None:
            grid.sections[len(grid.rows)] = filled[0]
        else:
            grid.rows.append([filled[0] if at == column else None for at in range(len(grid.roles))])
        return
    grid.rows.append(align(grid.roles, cells))
