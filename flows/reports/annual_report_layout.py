"""The three tables of the national format as grids of merged cells, from the rows and columns of `sql/reference`.

A row or column has a path of titles (group, subgroup, own title). Equal titles side by side merge; an own title also fills
the empty levels above it. So the same rule lays out headers and left columns, for the format of any year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

BALANCE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
APPLICANTS = "申请人情况"
WIDTH_OF_TABLE_2 = 4


@dataclass(frozen=True)
class Figure:
    """One cell of a report from the warehouse; `row` and `column` are paths of titles, `value` is None where unknown."""

    table: int
    section: str
    row: tuple[str, ...]
    column: tuple[str, ...]
    value: float | None


@dataclass(frozen=True)
class Box:
    """A cell of a grid, possibly merged: its place from 0, its size, and its content."""

    top: int
    left: int
    height: int
    width: int
    content: str | float | None
    is_head: bool


@dataclass(frozen=True)
class Grid:
    """One table, ready to be drawn."""

    title: str
    boxes: tuple[Box, ...]

    @property
    def height(self) -> int:
        return max(box.top + box.height for box in self.boxes)

    @property
    def width(self) -> int:
        return max(box.left + box.width for box in self.boxes)


@dataclass(frozen=True)
class _Span:
    """A title over `count` lines from `first`, filling `levels` levels from `level`."""

    level: int
    levels: int
    first: int
    count: int
    title: str


def grids(figures: Sequence[Figure]) -> list[Grid]:
    """Tables 二, 三, 四 of one report, its figures in the order of the format."""
    by_table = {table: list(group) for table, group in groupby(figures, key=lambda figure: figure.table)}
    return [
        Grid("二、主动公开政府信息情况", tuple(_proactive(by_table[2]))),
        Grid("三、收到和处理政府信息公开申请情况", tuple(_requests(by_table[3]))),
        Grid("四、政府信息公开行政复议、行政诉讼情况", tuple(_cases(by_table[4]))),
    ]


def _proactive(figures: Sequence[Figure]) -> Iterator[Box]:
    """One block an item of article 20: its name, the heads, a line a row; the last column fills what is left of the width."""
    top = 0
    for _, group in groupby(figures, key=lambda figure: figure.section):
        section = list(group)
        columns = _distinct(figure.column for figure in section)
        widths = [1] * (len(columns) - 1) + [WIDTH_OF_TABLE_2 - len(columns)]
        lefts = [1 + sum(widths[:n]) for n in range(len(columns))]
        yield Box(top, 0, 1, WIDTH_OF_TABLE_2, section[0].row[0], is_head=True)
        yield Box(top + 1, 0, 1, 1, "信息内容", is_head=True)
        for column, left, width in zip(columns, lefts, widths, strict=True):
            yield Box(top + 1, left, 1, width, column[-1], is_head=True)
        rows = _distinct(figure.row for figure in section)
        for line, row in enumerate(rows, start=top + 2):
            yield Box(line, 0, 1, 1, row[-1], is_head=True)
            for figure in (figure for figure in section if figure.row == row):
                at = columns.index(figure.column)
                yield Box(line, lefts[at], 1, widths[at], figure.value, is_head=False)
        top += 2 + len(rows)


def _requests(figures: Sequence[Figure]) -> Iterator[Box]:
    rows, columns = _distinct(figure.row for figure in figures), [_without_empty(c) for c in _distinct(figure.column for figure in figures)]
    left, top = len(rows[0]), 3
    yield Box(0, 0, top, left, BALANCE, is_head=True)
    yield Box(0, left, 1, len(columns), APPLICANTS, is_head=True)
    for span in _spans([column if len(column) > 1 else ("", *column) for column in columns]):
        yield Box(1 + span.level, left + span.first, span.levels, span.count, span.title, is_head=True)
    for span in _spans(rows):
        yield Box(top + span.first, span.level, span.count, span.levels, span.title, is_head=True)
    yield from _values(figures, top, left)


def _cases(figures: Sequence[Figure]) -> Iterator[Box]:
    for span in _spans(_distinct(figure.column for figure in figures)):
        yield Box(span.level, span.first, span.levels, span.count, span.title, is_head=True)
    yield from _values(figures, 3, 0)


def _values(figures: Sequence[Figure], top: int, left: int) -> Iterator[Box]:
    rows, columns = _distinct(figure.row for figure in figures), _distinct(figure.column for figure in figures)
    for figure in figures:
        yield Box(top + rows.index(figure.row), left + columns.index(figure.column), 1, 1, figure.value, is_head=False)


def _spans(paths: Sequence[tuple[str, ...]]) -> Iterator[_Span]:
    """The merged titles of paths of one length: groups over all lines that share them, own titles over the empty levels above."""
    own = len(paths[0]) - 1
    for level in range(own):
        for (*_, title), run in groupby(range(len(paths)), key=lambda line: paths[line][: level + 1]):
            lines = list(run)
            if title:
                yield _Span(level, 1, lines[0], len(lines), title)
    for line, path in enumerate(paths):
        first = own
        while first and not path[first - 1]:
            first -= 1
        yield _Span(first, own - first + 1, line, 1, path[own])


def _distinct(paths: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(paths))


def _without_empty(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(title for title in path if title)
