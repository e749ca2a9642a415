"""Rows of bars that were wrapped: as far as the next rule in a drawn table (├──┼──┤), as far as the closing bar in another."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import zip_longest

from flows.sources.plans.taskgrid import TableCell, joined
from flows.sources.plans.text import Line

_NUMBER = re.compile(r"\d{1,3}[.、]?$")
_FEWEST_RULES = 2  # one stands below the header of any table
Row = tuple[Line, list[TableCell]]


def whole_rows(rows: Sequence[Row], rules: Collection[int]) -> list[Row]:
    """Lines that no rule parts as one row each; `rules` are the numbers of the lines that are rules. The line is the row's last."""
    groups: list[list[Row]] = []
    for row in rows:
        before = groups[-1][-1][0].number if groups else row[0].number
        if groups and not any(number in rules for number in range(before + 1, row[0].number)):
            groups[-1].append(row)
        else:
            groups.append([row])
    if len(groups) <= _FEWEST_RULES or any(_are_rows(group) for group in groups):
        return list(rows)
    return [(group[-1][0], [joined([*filter(None, column)]) for column in zip_longest(*(cells for _, cells in group))]) for group in groups]


def unbroken_rows(rows: Sequence[Row]) -> list[Row]:
    """The same rows where each ends in a bar: one that does not goes on in the next line, its last cell in the first cell there."""
    whole: list[Row] = []
    is_open = False
    for line, cells in rows:
        if is_open and cells and not line.text.lstrip().startswith("|"):
            before = whole[-1][1]
            whole[-1] = (line, [*before[:-1], joined([before[-1], cells[0]]), *cells[1:]])
        else:
            whole.append((line, cells))
        is_open = not line.text.rstrip().endswith("|")
    return whole


def _are_rows(group: Sequence[Row]) -> bool:
    """True where two lines begin with a number of their own."""
    return sum(bool(cells and _NUMBER.match(cells[0].text)) for _, cells in group) > 1
