"""What a plan's tables say: rows that are tasks, the numbers of items units are to disclose, lists of units."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from flows.sources.plans.clauses import read_clauses
from flows.sources.plans.columns import is_target_table, is_task_table
from flows.sources.plans.deadlines import read_deadline
from flows.sources.plans.duedates import due_in_body
from flows.sources.plans.fold import NormalizedText, clean, flow_of
from flows.sources.plans.model import Named, Place, Task, UnitTarget
from flows.sources.plans.names import is_department, looks_like_unit
from flows.sources.plans.taskgrid import TableCell, TaskGrid
from flows.sources.plans.times import is_time
from flows.sources.plans.units import read_units

_TITLE_END = re.compile(r"[。;]")
_ITEM_NUMBER = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,3}[.、](?!\d)|[①-⑳]|-{2,})")
_RUNNING = re.compile(r"(\d{1,3})[.、](?!\d)")
_COUNT = re.compile(r"(?:不少于|≥|>=|不低于)?(\d{1,6}(?:\.\d+)?)(?:\s*(?:-|至)\s*(\d{1,6}(?:\.\d+)?))?(?:条|篇|件|个|项|次)?(?:/年|以上)?$")
_TOTAL = re.compile(r"(?:合计|总计|汇总|小计|共计|总数|总和)[:(]?.*|全[国省市区县州](?:合计|总计|汇总)?")
_LEVEL = re.compile(r"[市区县州省旗国各]|[\u4e00-\u9fff]{2,3}[市区县州省]")
_LEAST_TITLE = 4
_SAME = re.compile(r"同上|〃|″|\"")
_YEAR = re.compile(r"20\d\d")  # alone in a column of times

Locate = Callable[[int, int], Place]


class TableReader:
    """Turns grids into tasks and targets; `locate` gives the lines and the page of a span, `year` the plan's own year.

    `breaks` are the places at which a cell's further paragraphs begin: a task's title ends there, and so does a name.
    """

    def __init__(self, folded: str, printed: str, locate: Locate, year: int | None, breaks: Sequence[int] = ()) -> None:
        self.folded = folded
        self.printed = printed
        self.locate = locate
        self.year = year
        self.breaks = breaks

    def tasks(self, grid: TaskGrid) -> Iterator[Task]:
        """One task for each row that names something to do; merged units and headings are carried down and marked."""
        if not is_task_table(grid.roles):
            return
        title_column = _title_column(grid)
        above: dict[int, TableCell] = {}
        for row in grid.rows:
            title = row[title_column] or next((row[c] for c in _text_columns(grid.roles) if row[c] and row[c].text), None)  # type: ignore[union-attr]
            if title is None or not title.text or _TOTAL.fullmatch(title.text):
                continue
            yield self._task(grid, row, title, above)

    def _task(self, grid: TaskGrid, row: list[TableCell | None], title: TableCell, above: dict[int, TableCell]) -> Task:
        present = [cell for cell in row if cell is not None and cell.text]
        start, end = min(cell.start for cell in present), max(cell.end for cell in present)
        number = self._number(grid, row, title)
        task = Task(number, self._title(title), self.locate(start, end), part="附件", rule=grid.rule)
        for column, role in enumerate(grid.roles):
            cell, inherited = _merged(row, column, above, carry=grid.carries and role in {"lead", "responsible", "deadline"})
            if cell is None:
                continue
            if role in {"lead", "responsible"}:
                self._units(task, cell, role or "", inherited=inherited)
            elif role == "deadline":
                task.deadline_text = self._text(cell)
                task.deadline = read_deadline(f"{cell.text}年" if _YEAR.fullmatch(cell.text) else cell.text, self.year)
        if "deadline" not in grid.roles:
            self._due_in_words(task, grid, row)
            self._due_in_note(task, grid, row)
        return task

    def _due_in_words(self, task: Task, grid: TaskGrid, row: list[TableCell | None]) -> None:
        for column in _text_columns(grid.roles):
            cell = row[column]
            if cell is None:
                continue
            flow = flow_of(self.folded, self.printed, cell.spans)
            due = due_in_body(flow.text, 0, len(flow.text), self.year, [])
            if due:
                task.deadline, task.deadline_text = due[0], flow.quote(*due[1])

    def _due_in_note(self, task: Task, grid: TaskGrid, row: list[TableCell | None]) -> None:
        """A time alone in a column of remarks is the row's deadline."""
        for role, cell in zip(grid.roles, row, strict=False):
            if role == "note" and cell is not None and is_time(cell.text):
                task.deadline, task.deadline_text = read_deadline(cell.text, self.year), self._text(cell)

    def _number(self, grid: TaskGrid, row: list[TableCell | None], title: TableCell) -> str | None:
        title_at = next(column for column, cell in enumerate(row) if cell is title)
        numbers = [column for column, role in enumerate(grid.roles) if role == "number"]
        before = [column for column in numbers if column < title_at]  # of two counts the one beside the task is its own
        for column in [*before[-1:], *numbers[:1]]:
            cell = row[column]
            if cell is not None and cell.text:
                return self._text(cell)
        inside = _ITEM_NUMBER.match(title.text)
        return inside.group() if inside and inside.group()[0] != "-" else None

    def _title(self, cell: TableCell) -> str:
        """The cell's first clause up to a full stop or semicolon, its number left out."""
        flow = flow_of(self.folded, self.printed, cell.spans)
        head = _ITEM_NUMBER.match(flow.text)
        start = head.end() if head and head.end() < len(flow.text) else 0
        stop = _TITLE_END.search(flow.text, start + 2)
        end = stop.start() if stop else len(flow.text)
        ends = (at for at in self._breaks(flow) if start + _LEAST_TITLE <= at <= min(end, len(flow.text) - _LEAST_TITLE))
        return "".join(flow.quote(start, next(ends, end)).split("\n"))

    def _breaks(self, flow: NormalizedText) -> list[int]:
        """Where in a cell's text its further paragraphs begin."""
        if not flow.sources or not self.breaks:
            return []
        first = bisect_right(self.breaks, flow.sources[0])
        last = bisect_right(self.breaks, flow.source(len(flow.text) - 1), first)
        pieces = ((at, bisect_right(flow.sources, at) - 1) for at in self.breaks[first:last])
        return [flow.starts[piece] + at - flow.sources[piece] for at, piece in pieces]

    def _text(self, cell: TableCell) -> str:
        return "".join(clean(self.printed[start:end]) for start, end in cell.spans)

    def _units(self, task: Task, cell: TableCell, role: str, *, inherited: bool) -> None:
        if cell.parts and all(looks_like_unit(part.text) or is_department(part.text) or ":" in part.text for part in cell.parts):
            for part in cell.parts:  # one name a line, or a line with a label of its own
                self._units(task, part, role, inherited=inherited)
            return
        flow = flow_of(self.folded, self.printed, cell.spans)
        clauses = read_clauses(flow, 0, len(flow.text), []) if ":" in flow.text else []
        labelled = [unit for clause in clauses for unit in clause.units]
        for unit in labelled or self._at_blanks(flow, role):
            names = task.lead_units if unit.role == "lead" else task.responsible_units
            name = flow.quote(unit.start, unit.end)
            if name not in names:
                names.append(name)
            if not unit.sure:
                task.weaken("glued_names")
        if inherited:
            task.units_inherited = True
            task.weaken("inherited")

    def _at_blanks(self, flow: NormalizedText, role: str) -> Iterator[Named]:
        """The units of a cell; a blank between two names parts them where neither says what level it is of: 安监站 文化站."""
        gaps = sorted({*flow.gaps(0, len(flow.text)), *self._breaks(flow)})
        for unit in read_units(flow.text, 0, len(flow.text), role, gaps):
            start = unit.start
            for gap in [gap for gap in gaps if unit.start < gap < unit.end]:
                sides = (flow.text[start:gap], flow.text[gap : unit.end])
                if all(looks_like_unit(side) and side.count("(") == side.count(")") and not _LEVEL.match(side) for side in sides):
                    yield unit._replace(start=start, end=gap)
                    start = gap
            yield unit._replace(start=start)

    def targets(self, grid: TaskGrid) -> Iterator[tuple[UnitTarget, bool]]:
        """Each unit with its number of items, and whether the line is a printed total; several column groups stand side by side."""
        if not is_target_table(grid.roles):
            return
        groups = _groups(grid.roles)
        for names, counts in groups:
            for row in grid.rows:
                name, count = row[names] if names < len(row) else None, row[counts] if counts < len(row) else None
                if name is None or count is None or not name.text or not _COUNT.match(count.text):
                    continue
                number = _COUNT.match(count.text)
                value = int(number[1]) if number and number[2] is None and number[1].isdecimal() else None
                yield (
                    UnitTarget(self._text(name), value, self._text(count), self.locate(name.start, count.end)),
                    bool(_TOTAL.fullmatch(name.text)),
                )


def _title_column(grid: TaskGrid) -> int:
    """The column that names the task: the first one with words of its own in every row; a heading over several rows is not it."""
    columns = _text_columns(grid.roles)
    number_at = grid.roles.index("number") if "number" in grid.roles else -1
    if len(grid.headers) == len(grid.roles):  # 存在问题 says what is wrong, not what is to be done
        columns = [column for column in columns if "问题" not in grid.headers[column]] or columns
    numbered = next((column for column in columns if number_at < 0 and _runs_on(grid, column)), None)
    if numbered is not None:
        return numbered
    own = [column for column in columns if not _spans_rows(grid, column)]
    after_number = [column for column in own if column > number_at] or own or columns
    asked = any(grid.roles[column] == "task" for column in after_number)  # 工作标准 before 任务清单: what is aimed at by what is to be done
    return next(column for column in after_number if grid.roles[column] != "detail" or not asked)


def _runs_on(grid: TaskGrid, column: int) -> bool:
    """True where the cells of a column bear running numbers: 1、 2、 3、 in one row after the other."""
    cells = [cell.text for row in grid.rows if (cell := row[column]) is not None]
    numbers = [int(found[1]) for cell in cells if (found := _RUNNING.match(cell))]
    return (
        len(numbers) > 1
        and len(numbers) == len(cells)
        and not _spans_rows(grid, column)
        and all(after == before + 1 for before, after in pairwise(numbers))
    )


def _text_columns(roles: Sequence[str | None]) -> list[int]:
    return [column for column, role in enumerate(roles) if role in {"task", "head", "detail"}]


def _spans_rows(grid: TaskGrid, column: int) -> bool:
    """True where a column's cells are printed once for several rows; a last row that was cut does not tell."""
    last = grid.rows[-1][-1] if len(grid.rows) > 1 else None
    cells = [row[column] for row in (grid.rows if last is None or last.text else grid.rows[:-1])]
    missing = sum(cell is None or not cell.text or cell.copied for cell in cells)
    repeats = sum(a is not None and b is not None and a.text == b.text for a, b in pairwise(cells))
    return missing + repeats > 0.1 * len(cells)


def _merged(row: list[TableCell | None], column: int, above: dict[int, TableCell], *, carry: bool) -> tuple[TableCell | None, bool]:
    """The cell of a column, or the one above it where this row prints none or says that it is the same; the flag tells which."""
    cell = row[column]
    is_same = cell is not None and bool(_SAME.fullmatch(cell.text))
    if cell is not None and cell.text and not is_same:
        above[column] = cell
        return cell, cell.copied
    if (is_same or (cell is None and carry)) and column in above:
        return above[column], True
    return None, False


def _groups(roles: Sequence[str | None]) -> list[tuple[int, int]]:
    groups = []
    for column, role in enumerate(roles):
        if role == "target":
            names = [at for at in range(column) if roles[at] in {"unit", "responsible"}]
            if names:
                groups.append((names[-1], column))
    return groups
