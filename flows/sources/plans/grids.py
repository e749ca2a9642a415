"""Tables found in a plan's lines, whatever they became on the way into text: rows of bars or tabs here, one cell a line in stacked.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from flows.sources.plans.columns import TEXT_ROLES, header_role, header_roles
from flows.sources.plans.drawn import unbroken_rows, whole_rows
from flows.sources.plans.formats.plain import is_rule
from flows.sources.plans.grid import Cell, Grid, align, widened
from flows.sources.plans.stacked import read_stacked
from flows.sources.plans.text import Line, SourceText

_NUMBER = re.compile(r"(\d{1,3})[.、]?$")


def read_grids(source: SourceText, folded: str) -> Iterator[Grid]:
    """All tables with a header that says what their columns hold."""
    lines = [line for line in source.lines if line.kind not in {"boilerplate", "metadata"}]
    copied = frozenset(source.merged_cells)
    rules = frozenset(line.number for line in source.lines if line.kind == "boilerplate" and is_rule(line.text))
    index = 0
    while index < len(lines):
        grid, after = _grid_at(lines, index, folded, copied, rules)
        if grid is not None:
            yield grid
        index = max(after, index + 1)


def _grid_at(
    lines: Sequence[Line], index: int, folded: str, copied: frozenset[tuple[int, int]], rules: frozenset[int]
) -> tuple[Grid | None, int]:
    line = lines[index]
    if not line.text.strip():
        return None, index + 1
    if line.kind == "table" or "\t" in line.text.strip():
        return _bar_grid(lines, index, folded, copied, rules)
    if len(line.text) <= 24 and header_role("".join(folded[line.offset : line.offset + len(line.text)].split()).strip("|")):  # noqa: PLR2004 -- headers are short
        return read_stacked(lines, index, folded)
    return None, index + 1


def cells_of(line: Line, folded: str, copied: frozenset[tuple[int, int]], outer: tuple[bool, bool]) -> list[Cell]:
    """The cells of a `|` or tab row; where the table has outer bars (left, right) they make no cell."""
    text = folded[line.offset : line.offset + len(line.text)]
    mark = "|" if "|" in text else "\t"
    cells = []
    left = line.offset
    for column, words in enumerate(text.split(mark)):
        cells.append(Cell(((left, left + len(words)),), "".join(words.split()), (line.number, column) in copied))
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
    return sum(text.startswith("|") for text in texts) > most, sum(text.endswith("|") for text in texts) > most


def _bar_grid(
    lines: Sequence[Line], index: int, folded: str, copied: frozenset[tuple[int, int]], rules: frozenset[int]
) -> tuple[Grid | None, int]:
    after = index
    while after < len(lines) and (lines[after].kind == "table" or "\t" in lines[after].text.strip() or not lines[after].text.strip()):
        after += 1
    own = [line for line in lines[index:after] if line.text.strip()]
    outer = _outer_bars(own)
    rows = [(line, cells_of(line, folded, copied, outer)) for line in own]
    rows = whole_rows(rows, rules) if rules else unbroken_rows(rows) if outer[1] else rows
    head = next((at for at, (_, cells) in enumerate(rows[:6]) if header_roles([cell.text for cell in cells])), None)
    if head is None:
        records = _records(rows)
        if records.rows:
            return records, after
        if rows and sum(sum(bool(cell.text) for cell in cells) <= 1 for _, cells in rows) > 0.8 * len(rows):
            return read_stacked(lines, index, folded)
        return None, after
    headers = [cell.text for cell in rows[head][1]]
    if head + 1 < len(rows) and _is_second_header(below := rows[head + 1][1]):
        merged = [cell.text or above for cell, above in zip_longest(below, headers, fillvalue="") if not isinstance(cell, str)]
        headers = merged if header_roles(merged) else headers  # 牵头单位 and 配合单位 below 责任单位
        head += 1
    roles = widened(header_roles(headers) or [], headers, [[cell for cell in cells if cell.text] for _, cells in rows[head + 1 :]])
    grid = Grid(roles, headers, lines={line.number for line in own})
    for _, cells in rows[head + 1 :]:
        _add_row(grid, cells)
    if outer[1] and grid.rows and not own[-1].text.rstrip().endswith("|"):
        _cut_short(grid.rows[-1])
    return grid, after


def _records(rows: Sequence[tuple[Line, list[Cell]]]) -> Grid:
    """`重点工作: | 推进… |` above `牵头单位: | 甲 |`: labels beside their values, each task's label begins a record."""
    grid = Grid(["task", "lead", "responsible", "deadline"], [], carries=False)
    for line, cells in rows:
        filled = [cell for cell in cells if cell.text]
        for label, value in zip(filled[::2], filled[1::2], strict=False):
            role = header_role(label.text.rstrip(":"))
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


def _is_second_header(cells: list[Cell]) -> bool:
    """True where a row below a header holds header words and nothing else."""
    filled = [cell.text for cell in cells if cell.text]
    return len(filled) > 1 and all(header_role(text) for text in filled)


def _cut_short(row: list[Cell | None]) -> None:
    """A last row without its closing bar was cut: what it does not print is lost, no merged cell above holds for it."""
    printed = [(column, cell.end) for column, cell in enumerate(row) if cell is not None]
    if printed:
        last, end = printed[-1]
        row[last + 1 :] = [Cell(((end, end),), "")] * (len(row) - last - 1)


def _add_row(grid: Grid, cells: list[Cell]) -> None:
    words = [cell.text for cell in cells]
    if words == grid.headers or (header_roles(words) or []) == grid.roles:
        return  # the header again, after a page break
    filled = [cell for cell in cells if cell.text]
    if not filled:
        return
    if len({cell.text for cell in filled}) == 1 and len(grid.roles) > 1 and not _NUMBER.match(filled[0].text):
        grid.sections[len(grid.rows)] = filled[0]
        return
    grid.rows.append(align(grid.roles, cells))
