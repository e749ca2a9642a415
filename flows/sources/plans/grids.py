"""Tables found in a plan's lines, whatever they became on the way into text: `|` rows, tabs, or one cell a line.

A grid has columns with known roles (columns.py) and rows of cells with their places. Which cell belongs to which column is
told by position where a row is whole, and by the words in the cells where one is missing (merged, empty or cut).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from flows.sources.plans.columns import cell_fits, header_role, header_roles, is_task_table
from flows.sources.plans.text import Line, SourceText

_NEW_PART = re.compile(
    r"附[件表]\d*[:：]?$|附[件表]\d|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|抄送|\(此件|主办单位|注:|备注:|说明:|联系人"
)
_NUMBER = re.compile(r"(\d{1,3})[.、]?$")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its printed spans, its words folded and squeezed. `copied` where it repeats a merged cell above."""

    spans: tuple[tuple[int, int], ...]
    text: str
    line: int
    copied: bool = False

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


@dataclass(slots=True)
class Grid:
    """`rows[i][j]` is the cell of row i under `roles[j]`, None where the row has none of its own."""

    roles: list[str | None]
    headers: list[str]
    rows: list[list[Cell | None]] = field(default_factory=list)
    sections: dict[int, Cell] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)
    carries: bool = True  # a cell that a row does not print is the one above it, merged


def read_grids(source: SourceText, folded: str) -> Iterator[Grid]:
    """All tables with a header that says what their columns hold."""
    lines = [line for line in source.lines if line.kind not in {"boilerplate", "metadata"}]
    copied = frozenset(source.merged_cells)
    index = 0
    while index < len(lines):
        grid, after = _grid_at(lines, index, folded, copied)
        if grid is not None:
            yield grid
        index = max(after, index + 1)


def _grid_at(lines: Sequence[Line], index: int, folded: str, copied: frozenset[tuple[int, int]]) -> tuple[Grid | None, int]:
    line = lines[index]
    if not line.text.strip():
        return None, index + 1
    if line.kind == "table" or "\t" in line.text.strip():
        return _bar_grid(lines, index, folded, copied)
    if len(line.text) <= 24 and header_role("".join(folded[line.offset : line.offset + len(line.text)].split()).strip("|")):  # noqa: PLR2004 -- headers are short
        return _stacked_grid(lines, index, folded)
    return None, index + 1


# --- rows of bars or tabs -------------------------------------------------------------------------------------------------


def cells_of(line: Line, folded: str, copied: frozenset[tuple[int, int]], outer: tuple[bool, bool]) -> list[Cell]:
    """The cells of a `|` or tab row; where the table has outer bars (left, right) they make no cell."""
    text = folded[line.offset : line.offset + len(line.text)]
    mark = "|" if "|" in text else "\t"
    edges = [-1, *(at for at, char in enumerate(text) if char == mark), len(text)]
    cells = []
    for column, (left, right) in enumerate(zip(edges, edges[1:], strict=False)):
        span = (line.offset + left + 1, line.offset + right)
        cells.append(Cell((span,), "".join(text[left + 1 : right].split()), line.number, (line.number, column) in copied))
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


def _bar_grid(lines: Sequence[Line], index: int, folded: str, copied: frozenset[tuple[int, int]]) -> tuple[Grid | None, int]:
    after = index
    while after < len(lines) and (lines[after].kind == "table" or "\t" in lines[after].text.strip() or not lines[after].text.strip()):
        after += 1
    own = [line for line in lines[index:after] if line.text.strip()]
    outer = _outer_bars(own)
    rows = [(line, cells_of(line, folded, copied, outer)) for line in own]
    head = next((at for at, (_, cells) in enumerate(rows[:6]) if header_roles([cell.text for cell in cells])), None)
    if head is None:
        if rows and sum(sum(bool(cell.text) for cell in cells) <= 1 for _, cells in rows) > 0.8 * len(rows):
            return _stacked_grid(lines, index, folded)
        return None, after
    headers = [cell.text for cell in rows[head][1]]
    if head + 1 < len(rows) and _is_second_header(rows[head + 1][1]):
        head += 1  # 牵头单位 and 配合单位 below 责任单位
        headers = [below.text or above for below, above in zip_longest(rows[head][1], headers, fillvalue="") if not isinstance(below, str)]
    grid = Grid(header_roles(headers) or [], headers, lines={line.number for line, _ in rows[: head + 1]})
    for line, cells in rows[head + 1 :]:
        grid.lines.add(line.number)
        _add_row(grid, cells)
    return grid, after


def _is_second_header(cells: list[Cell]) -> bool:
    """True where a row below a header holds header words and nothing else."""
    filled = [cell.text for cell in cells if cell.text]
    return len(filled) > 1 and all(header_role(text) for text in filled)


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


def align(roles: Sequence[str | None], cells: Sequence[Cell]) -> list[Cell | None]:
    """The cells under their columns: by position, or in order with gaps where the words then suit the columns better."""
    absent = Cell(
        ((cells[-1].end, cells[-1].end),), "", cells[-1].line
    )  # a row that ends early was cut, its last cells are not merged ones
    by_place: list[Cell | None] = [cells[column] if column < len(cells) else absent for column in range(len(roles))]
    filled = [cell for cell in cells if cell.text]
    if len(filled) >= len(roles) or len(filled) < 2:  # noqa: PLR2004 -- nothing to move
        return by_place if len(cells) <= len(roles) or len(filled) != len(roles) else list(filled)
    in_order = _best_order(roles, filled)
    return in_order if _fit(roles, in_order) > _fit(roles, by_place) + 0.3 else by_place


def _fit(roles: Sequence[str | None], cells: Sequence[Cell | None]) -> float:
    return sum(cell_fits(role, cell.text) for role, cell in zip(roles, cells, strict=True) if cell is not None and cell.text)


def _best_order(roles: Sequence[str | None], cells: Sequence[Cell]) -> list[Cell | None]:
    """The order-keeping placement with the best fit; of two alike the one that leaves the earlier columns free (a merged cell above)."""
    best: dict[tuple[int, int], tuple[float, list[Cell | None]]] = {(0, 0): (0.0, [])}
    for column, role in enumerate(roles):
        for used in range(min(column, len(cells)) + 1):
            state = best.get((column, used))
            if state is None:
                continue
            score, placed = state
            options = [(score + 0.001 * (len(roles) - column), used, [*placed, None])]
            if used < len(cells):
                options.append((score + cell_fits(role, cells[used].text), used + 1, [*placed, cells[used]]))
            for value, taken, path in options:
                if value > best.get((column + 1, taken), (-1.0, []))[0]:
                    best[column + 1, taken] = (value, path)
    return best.get((len(roles), len(cells)), (0.0, [None] * len(roles)))[1]


# --- one cell a line ------------------------------------------------------------------------------------------------------


def _stacked_cells(lines: Sequence[Line], index: int, folded: str) -> list[tuple[Cell, int]]:
    """Cells from `index` on with the index of the line after each; blank lines or lone bars part them where the document does so."""
    blank_parted = index + 1 < len(lines) and (not lines[index + 1].text.strip() or lines[index + 1].text.strip() == "|")
    cells: list[tuple[Cell, int]] = []
    spans: list[tuple[int, int]] = []
    words = ""
    first = 0
    for at in range(index, len(lines)):
        line = lines[at]
        text = folded[line.offset : line.offset + len(line.text)]
        squeezed = "".join(text.split()).strip("|")
        if squeezed:
            if not spans:
                first = line.number
            spans.append((line.offset, line.offset + len(text.rstrip().rstrip("|"))))
            words += squeezed
        if spans and (not squeezed or not blank_parted):
            cells.append((Cell(tuple(spans), words, first), at + 1))
            spans, words = [], ""
        if (
            len(cells) > 1
            and _NEW_PART.match(cells[-1][0].text)
            and not header_role(cells[-1][0].text)
            and len(cells[-1][0].text) < 60
            and cells[-1][0].text.startswith(("附件", "附表", "抄送"))
        ):  # noqa: PLR2004
            cells.pop()
            break
    if spans:
        cells.append((Cell(tuple(spans), words, first), len(lines)))
    return cells


def _stacked_grid(lines: Sequence[Line], index: int, folded: str) -> tuple[Grid | None, int]:
    """A table with one cell a line: its header is a run of header words, its rows are told by their running numbers."""
    head: list[str] = []
    peek = [cell for cell, _ in _stacked_cells(lines[index : index + 80], 0, folded)]
    for at, cell in enumerate(peek[:12]):
        between = head and at + 1 < len(peek) and len(cell.text) <= 8 and header_role(peek[at + 1].text)  # noqa: PLR2004 -- a header of an unknown word
        if _NUMBER.match(cell.text) or (header_role(cell.text) is None and not between):
            break
        head.append(cell.text)
    roles = header_roles(head)
    if roles is None or len(head) < 3 or not is_task_table(roles):  # noqa: PLR2004 -- fewer columns do not tell a table from two short lines
        return None, index + 1
    if not any(_NUMBER.match(cell.text) for cell in peek[len(head) : len(head) + 3]):
        return _plain_rows(Grid(roles, head), lines, index, folded)
    stream = _stacked_cells(lines, index, folded)
    grid = Grid(roles, head)
    used = _number_rows(grid, [cell for cell, _ in stream][len(head) :])
    if not grid.rows:
        return None, index + 1
    after = stream[min(len(head) + used, len(stream)) - 1][1]
    grid.lines = {line.number for line in lines[index:after]}
    return grid, after


def _plain_rows(grid: Grid, lines: Sequence[Line], index: int, folded: str) -> tuple[Grid | None, int]:
    """Rows without numbers, one cell a line: as many cells as there are columns, as long as the words suit them."""
    width = len(grid.roles)
    stream = _stacked_cells(lines, index, folded)
    at, after = width, index + 1
    while at + width <= len(stream):
        cells = [cell for cell, _ in stream[at : at + width]]
        if [cell.text for cell in cells] != grid.headers:
            judged = [
                cell_fits(role, cell.text)
                for role, cell in zip(grid.roles, cells, strict=True)
                if role in {"lead", "responsible", "deadline"}
            ]
            if sum(judged) < 0.6 * len(judged):
                break
            grid.rows.append(list(cells))
        at += width
        after = stream[at - 1][1]
    grid.lines = {line.number for line in lines[index:after]}
    return (grid, after) if grid.rows else (None, index + 1)


def _number_rows(grid: Grid, cells: list[Cell]) -> int:
    """Cut the cells after a header into rows at 1, 2, 3, …; returns how many cells belong to the table."""
    cells, dropped = _without_repeated_headers(cells, grid.headers)
    number_at = grid.roles.index("number") if "number" in grid.roles else None
    numbers = _running_numbers(cells)
    if not numbers:
        return 0
    hidden = number_at is None
    after_number = [role for role in grid.roles[(number_at or 0) + (0 if hidden else 1) :]]
    lead_columns = 0 if hidden else number_at or 0
    if hidden:
        lead_columns = min(numbers[0], len(grid.roles) - 1)
        after_number = grid.roles[lead_columns:]
    width = len(after_number)
    consumed = 0
    if hidden:
        grid.roles = [*grid.roles[:lead_columns], "number", *grid.roles[lead_columns:]]
        grid.headers = [*grid.headers[:lead_columns], "", *grid.headers[lead_columns:]]
    previous_end = 0
    for order, at in enumerate(numbers):
        stop = numbers[order + 1] if order + 1 < len(numbers) else len(cells)
        before = cells[previous_end:at][-lead_columns:] if lead_columns else []
        body = cells[at + 1 : stop]
        body = body[:width] if lead_columns else body
        if order + 1 == len(numbers):
            body = _last_row(after_number, cells[at + 1 : at + 9 + width])
        heads: list[Cell | None] = [*[None] * (lead_columns - len(before)), *before]
        grid.rows.append([*heads, cells[at], *_fill(after_number, body)])
        previous_end = at + 1 + len(body)
        consumed = previous_end
    return consumed + dropped


def _fill(roles: Sequence[str | None], cells: list[Cell]) -> list[Cell | None]:
    """Cells of one row under the columns after its number: one to one, or with gaps, or with wrapped cells joined."""
    if len(cells) == len(roles):
        return list(cells)
    if len(cells) < len(roles):
        return _best_order(roles, cells)
    best: dict[tuple[int, int], tuple[float, list[Cell | None]]] = {(0, 0): (0.0, [])}
    cells = cells[:40]
    for column, role in enumerate(roles):
        for used in range(column, len(cells)):
            state = best.get((column, used))
            if state is None:
                continue
            for take in range(1, len(cells) - used + 1):
                merged = _merge(cells[used : used + take])
                value = state[0] + cell_fits(role, merged.text)
                if value > best.get((column + 1, used + take), (-1.0, []))[0]:
                    best[column + 1, used + take] = (value, [*state[1], merged])
    return best.get((len(roles), len(cells)), (0.0, list(cells[: len(roles)])))[1]


def _last_row(roles: Sequence[str | None], cells: list[Cell]) -> list[Cell]:
    """The cells of the last row: as many as there are columns, or some more where a wrapped cell then suits its column better."""
    best = cells[: len(roles)]
    for count in range(len(roles) + 1, len(cells) + 1):
        if _NEW_PART.match(cells[count - 1].text) or len(cells[count - 1].text) > 60:  # noqa: PLR2004 -- a paragraph
            break
        if _fit(roles, _fill(roles, cells[:count])) > _fit(roles, _fill(roles, best)) + 0.2:
            best = cells[:count]
    return best


def _merge(cells: list[Cell]) -> Cell:
    return Cell(tuple(span for cell in cells for span in cell.spans), "".join(cell.text for cell in cells), cells[0].line)


def _without_repeated_headers(cells: list[Cell], headers: list[str]) -> tuple[list[Cell], int]:
    kept: list[Cell] = []
    at = 0
    while at < len(cells):
        if [cell.text for cell in cells[at : at + len(headers)]] == headers:
            at += len(headers)
        else:
            kept.append(cells[at])
            at += 1
    return kept, len(cells) - len(kept)


def _running_numbers(cells: list[Cell]) -> list[int]:
    """Where 1, 2, 3, … stand among the cells."""
    found: list[int] = []
    due: int | None = None
    for at, cell in enumerate(cells):
        number = _NUMBER.match(cell.text)
        if number and (due is None or int(number[1]) == due):
            found.append(at)
            due = int(number[1]) + 1
    return found
