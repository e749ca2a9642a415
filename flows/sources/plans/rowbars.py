"""Tables of one cell a line in which a bar stands before the first cell of each row: the bars tell rows and header, whatever their words are.

| 编号 |
任务名称 |
发起部门 |
| A-1 |
…
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.sources.plans.columns import UNIT_ROLES, completed_roles, header_role, header_roles, is_task_table
from flows.sources.plans.taskgrid import TableCell, TaskGrid, align
from flows.sources.plans.text import Line

_FEWEST_ROWS = 3  # the header is one of them
_FEWEST_COLUMNS = 3
_LONGEST_HEADER_WORD = 16
_MOST_LINES = 6000


def read_rowbars(lines: Sequence[Line], index: int, folded: str) -> tuple[TaskGrid | None, int]:
    """The table whose header begins at lines[index], and the index after it; None where bars do not begin rows there."""
    rows, after = _rows(lines, index, folded)
    if len(rows) < _FEWEST_ROWS or not _is_header([cell.text for cell in rows[0]]):
        return None, index + 1
    head = [cell.text for cell in rows[0]]
    words = [[cell.text for cell in row] for row in rows[1:]]
    if len(words[-1]) <= len(head) // 2:
        del rows[-1], words[-1]  # cut off before it says who or when
    if any(not len(head) // 2 < len(row) <= len(head) + 1 for row in words):
        return None, index + 1
    roles = completed_roles(head, header_roles(head) or [header_role(word) for word in head], words)
    if roles[:2] == ["number", None]:
        roles[1] = "task"  # 巡查名称: what stands beside the number names the row
    if not (is_task_table(roles) and UNIT_ROLES & set(roles)):
        return None, index + 1
    grid = TaskGrid(roles, head, lines={line.number for line in lines[index:after]})
    grid.rows = [_row(roles, row, is_last=row is rows[-1]) for row in rows[1:]]
    return grid, after


def are_closed_by_bars(lines: Sequence[Line]) -> bool:
    """True where a bar closes each cell, which may then be wrapped: each line of the header, up to the first number, ends in one."""
    first = next((at for at, line in enumerate(lines) if line.text.strip("| \u3000") == "1"), 0)
    return first > 0 and all(ends_in_bar(line) for line in lines[:first] if line.text.strip())


def ends_in_bar(line: Line) -> bool:
    return line.text.rstrip().endswith("|")


def _row(roles: Sequence[str | None], cells: list[TableCell], *, is_last: bool) -> list[TableCell | None]:
    """The cells under their columns: number and task, which no row leaves out, by place; a last row that is short was cut off."""
    if is_last and len(cells) < len(roles):
        return [*cells, *[TableCell(((cells[-1].end, cells[-1].end),), "")] * (len(roles) - len(cells))]
    named = next((at for at, role in enumerate(roles) if at and role not in {"number", "task"}), len(roles))
    return [*cells[:named], *align(roles[named:], cells[named:])]


def _is_header(words: list[str]) -> bool:
    return len(words) >= _FEWEST_COLUMNS and all(len(word) <= _LONGEST_HEADER_WORD for word in words)


def _rows(lines: Sequence[Line], index: int, folded: str) -> tuple[list[list[TableCell]], int]:
    """The cells of each row, and the index behind the last line that has a bar (or is cut off before it)."""
    rows: list[list[TableCell]] = []
    at = index
    for at in range(index, min(len(lines), index + _MOST_LINES)):
        line = lines[at]
        text = folded[line.offset : line.offset + len(line.text)].strip()
        words = text.strip("| ")
        opens = text.startswith("|") and bool(words)
        if "|" in words or (at == index and not opens) or (text and not text.endswith("|")):
            return rows, at
        if opens:
            rows.append([])
        if words:
            start = line.offset + line.text.index(line.text.strip("| \t\u3000")[0])
            rows[-1].append(TableCell(((start, start + len(words)),), "".join(words.split())))
    return rows, at + 1
