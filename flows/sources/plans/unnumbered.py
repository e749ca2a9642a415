"""Rows of tables with one cell a line that bear no numbers: as wide as the header, or each ending at its units or its time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.sources.plans.columns import TEXT_ROLES, UNIT_ROLES, cell_fits
from flows.sources.plans.names import is_department
from flows.sources.plans.taskgrid import TableCell, TaskGrid, joined

SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]+[部章类]")
_ITEM = re.compile(r"\d{1,3}[.、](?!\d)|\(\d{1,2}\)")
_BULLET = re.compile(r"-{2,}|[●◆■□▲]")
IS_NAMES = 0.8  # nearly each part of the cell is a name


def unnumbered_rows(grid: TaskGrid, cells: list[TableCell]) -> int:
    """Add the rows to the grid, by the reading that finds more of them; returns how many cells they take."""
    grid.rule = "unnumbered"
    used = _plain_rows(grid, cells)
    return max(used, _closed_rows(grid, cells))


def _plain_rows(grid: TaskGrid, cells: list[TableCell]) -> int:
    """As many cells as there are columns, as long as the words suit them."""
    width = len(grid.roles)
    judged = [column for column, role in enumerate(grid.roles) if role in UNIT_ROLES | {"deadline"}]
    at = 0
    while at + width <= len(cells):
        if SECTION.match(cells[at].text) and not _suits(grid, cells[at : at + width], judged):
            grid.sections[len(grid.rows)] = cells[at]
            at += 1
            continue
        row = cells[at : at + width]
        if [cell.text for cell in row] != grid.headers:
            if any(role in TEXT_ROLES and cell_fits("deadline", cell.text) == 1.0 for role, cell in zip(grid.roles, row, strict=True)):
                grid.rows.clear()
                return 0  # a day says nothing to be done: the header is longer than what is known of it
            if not _suits(grid, row, judged):
                break
            grid.rows.append(list(row))
        at += width
    return at


def _suits(grid: TaskGrid, row: Sequence[TableCell], judged: Sequence[int]) -> bool:
    return sum(cell_fits(grid.roles[column], row[column].text) for column in judged) >= 0.6 * len(judged)


def _closed_rows(grid: TaskGrid, cells: list[TableCell]) -> int:
    """With cells missing (merged ones are printed once): each row ends at its time, or at its units, which may stand one in a line."""
    closing = next((role for role in reversed(grid.roles) if role in UNIT_ROLES | {"deadline"}), None)
    if closing is None or grid.roles[-1] != closing or not TEXT_ROLES & set(grid.roles):
        return 0
    end = at = 0
    rows: list[list[TableCell | None]] = []
    pending: list[TableCell] = []
    while at < len(cells):
        if cell_fits(closing, cells[at].text) < IS_NAMES or not pending:
            pending.append(cells[at])
            at += 1
            if sum(not _BULLET.match(cell.text) for cell in pending) > len(grid.roles) + 1:
                break  # the table is over
            continue
        last = at + 1
        while closing in UNIT_ROLES and last < len(cells) and _goes_on(closing, cells[last].text):
            last += 1
        rows.append(_row(grid, pending, cells[at:last]))
        pending, end, at = [], last, last
    if len(rows) <= max(1, len(grid.rows)):
        return 0
    grid.rows = rows
    return end


def _goes_on(role: str | None, words: str) -> bool:
    """True for one more unit below another; a department may stand without its last word (省人口计生)."""
    return cell_fits(role, words) >= IS_NAMES or is_department(words)


def _row(grid: TaskGrid, texts: Sequence[TableCell], closing: list[TableCell]) -> list[TableCell | None]:
    """What is to be done is the numbered heading, or the first of the points below one, or the last words; of several units the first leads."""
    numbered = next((cell for cell in texts if _ITEM.match(cell.text)), None)
    point = next((cell for cell in texts if _BULLET.match(cell.text)), None)
    row: list[TableCell | None] = [None] * len(grid.roles)
    row[max(column for column, role in enumerate(grid.roles) if role in TEXT_ROLES)] = numbered or point or texts[-1]
    if grid.roles[-2:] == ["lead", "responsible"] and len(closing) > 1:
        row[-2], closing = closing[0], closing[1:]
    row[-1] = joined(closing)
    return row
