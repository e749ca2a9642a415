"""A plan read: its facts, tasks, targets and unit lists, put together from outline, clauses and tables."""

from __future__ import annotations

import gc
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from flows.sources.plans.barred import read_barred
from flows.sources.plans.clauseless import asks_for_work, is_plan, plain_tasks
from flows.sources.plans.closed import read_closed
from flows.sources.plans.columns import is_target_table, is_task_table
from flows.sources.plans.duedates import due_in_body
from flows.sources.plans.facts import FactReader
from flows.sources.plans.flattened import read_flattened
from flows.sources.plans.fold import build_flow
from flows.sources.plans.grids import read_grids
from flows.sources.plans.headed import read_tasks
from flows.sources.plans.headers import header_runs
from flows.sources.plans.kind_table import kind_of_code
from flows.sources.plans.kinds import Content, read_kind
from flows.sources.plans.loose import read_loose
from flows.sources.plans.model import Facts, Place, Task, UnitEntry, UnitTarget
from flows.sources.plans.names import is_department, is_place, looks_like_unit
from flows.sources.plans.outline import Item, read_outline
from flows.sources.plans.parts import Part, listings, read_parts, tail_after
from flows.sources.plans.shapes import fold
from flows.sources.plans.stages import Stage, read_stages
from flows.sources.plans.tables import TableReader
from flows.sources.plans.taskgrid import TaskGrid
from flows.sources.plans.tasks import TaskReader
from flows.sources.plans.text import SourceText
from flows.sources.plans.unitlist import is_unit_list, read_unit_list
from flows.sources.plans.units import split_by_known

_IN_PLANS_ONLY = frozenset(["no_clause", "unknown_label"])  # what makes an item a task in a plan, and nothing elsewhere: 解读单位:某局
_ALL_DUE = re.compile(  # 列入目录的项目须于11月30日前完成
    r"(?:列入|纳入|以上|上述|所列|所有|全部|各项)(?:[^。;,、\n]{0,12}的)?[^。;,、\n]{0,8}(?:事项|任务|项目|工作|问题)[^。;,\n]{2,24}前(?:全面|全部|基本)?(?:完成|办结|整改到位|落实到位)"
)
_ROSTER = re.compile(r"领导小组|组成人员|人员名单|联络员名单|小组名单|成员名单")


@dataclass(slots=True)
class PlanContent:
    """Everything read from one plan."""

    source: SourceText
    facts: Facts
    tasks: list[Task] = field(default_factory=list)
    targets: list[UnitTarget] = field(default_factory=list)
    totals: list[UnitTarget] = field(default_factory=list)
    unit_list: list[UnitEntry] = field(default_factory=list)
    stages: list[tuple[Stage, Place]] = field(default_factory=list)


def read_content(source: SourceText) -> PlanContent:
    """Read a plan from its text; no file, no network, no model."""
    collects = gc.isenabled()
    gc.disable()  # nothing made here is garbage before the end; looking for it takes 5 to 10 % of the time, the more the longer the text
    try:
        return _Reader(source).read()
    finally:
        if collects:
            gc.enable()


class _Reader:
    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.folded = fold(source.text)
        self.offsets = [line.offset for line in source.lines]
        grids = [*read_grids(source, self.folded)]
        self.grids = [grid for grid in grids if is_task_table(grid.roles) or is_target_table(grid.roles)]
        self.flow = build_flow(source, frozenset().union(*(grid.lines for grid in grids)), self.folded)
        heads = header_runs(self.flow)
        for read in (
            read_barred,
            partial(read_loose, whole=True),
            partial(read_flattened, heads=heads),
            read_loose,
            partial(read_closed, heads=heads),
        ):
            found = [*read(self.flow)]
            self.grids += [grid for grid, _, _ in found]
            self.flow = self.flow.without([(start, end) for _, start, end in found]) if found else self.flow
        self.parts = read_parts(self.flow.text, self.flow.is_gap)
        self.listings = listings(self.flow.text)

    def read(self) -> PlanContent:
        outlines = [(part, self._outline(part)) for part in self.parts]
        body = next((items[0].start for _, items in outlines if items), self.parts[0].end)
        facts = FactReader(self.source, self.flow, body, self.parts[0].end).read()
        content = PlanContent(self.source, facts)
        tables = TableReader(self.folded, self.source.text, self.place, facts.year, self.source.cell_breaks)
        rows = [task for grid in self.grids for task in tables.tasks(grid)]
        self._add_common_deadline(rows, facts.year)
        reader = TaskReader(self.flow, self.place, facts.year)
        found = [task for part, items in outlines if not _ROSTER.search(part.title) for task in read_tasks(reader, part, items)]
        if not found and not rows and is_plan(facts.title):
            found = next((tasks for part, items in outlines if (tasks := plain_tasks(reader, part, items, facts.title))), [])
        content.tasks = _once(sorted([*found, *rows], key=lambda task: task.place.start), source_text=self.source.text)
        self._targets(content, tables, self.grids)
        content.unit_list = self._unit_list()
        content.stages = [(stage, self.place(*self.flow.span(stage.start, stage.end))) for stage in read_stages(self.flow.text, facts.year)]
        _take_apart(content.tasks)
        other_findings = len(content.targets) + len(content.unit_list) + len(content.stages)
        facts.kind = read_kind(self.source, facts.title, Content(content.tasks, other_findings))
        if facts.kind.code and not kind_of_code()[facts.kind.code].is_plan and not asks_for_work(facts.title):
            content.tasks = [task for task in content.tasks if task.rule not in _IN_PLANS_ONLY]
        return content

    def place(self, start: int, end: int) -> Place:
        first = bisect_right(self.offsets, start) - 1
        last = bisect_right(self.offsets, max(start, end - 1)) - 1
        line = self.source.lines[first]
        return Place(start, end, line.number, self.source.lines[last].number, line.page)

    def _outline(self, part: Part) -> list[Item]:
        items = read_outline(self.flow.text, part.start, part.end, self.flow.is_gap)
        items = [item for item in items if not self._is_listed(item)]
        for item in items:
            item.children = [child for child in item.children if not self._is_listed(child)]
        tops = [item for item in items if item.parent is None]
        if tops:
            tail = tail_after(self.flow.text, tops[-1].start, part.end)
            items = [item for item in items if item.start < tail]
            for item in items:
                item.end = min(item.end, tail)
        return items

    def _is_listed(self, item: Item) -> bool:
        at = bisect_right(self.listings, (item.start, len(self.flow.text))) - 1
        return at >= 0 and self.listings[at][0] <= item.start < self.listings[at][1]

    def _add_common_deadline(self, rows: list[Task], year: int | None) -> None:
        """The day by which a sentence says that all rows are due, where no row has a time of its own."""
        if not rows or any(task.deadline_text for task in rows):
            return
        for sentence in _ALL_DUE.finditer(self.flow.text):
            if due := due_in_body(self.flow.text, *sentence.span(), year, []):
                for task in rows:
                    task.deadline, task.deadline_text = due[0], self.flow.quote(*due[1])

    def _targets(self, content: PlanContent, tables: TableReader, grids: list[TaskGrid]) -> None:
        for grid in grids:
            for target, is_total in tables.targets(grid):
                (content.totals if is_total else content.targets).append(target)

    def _unit_list(self) -> list[UnitEntry]:
        listed = next((names for part in self.parts[1:] if is_unit_list(part) and (names := read_unit_list(self.flow, part))), [])
        return [UnitEntry(self.flow.quote(*name), self.place(*self.flow.span(*name))) for name in listed]


def _once(tasks: list[Task], source_text: str) -> list[Task]:
    """A section that is printed twice, word for word, counts once."""
    seen: set[str] = set()
    kept = []
    for task in tasks:
        words = "".join(source_text[task.place.start : task.place.end].split())
        if words not in seen or len(words) < 12:  # noqa: PLR2004 -- short rows may well repeat
            kept.append(task)
        seen.add(words)
    return kept


def _take_apart(tasks: list[Task]) -> None:
    """Names that a lost line break has run together (办公室法规科) are parted where the same document prints each of them alone."""
    counts = Counter(name for task in tasks for name in (*task.lead_units, *task.responsible_units))
    known: dict[str, list[str]] = {}
    for name in counts:
        known.setdefault(name[:1], []).append(name)
    for task in tasks:
        for names in (task.lead_units, task.responsible_units):
            for name in [name for name in names if counts[name] < 3 and len(name) > 5]:  # noqa: PLR2004 -- a name printed often is one name
                parts = split_by_known(name, known)
                if parts and len(parts) > 1 and all(len(part) > 1 for part in parts):
                    at = names.index(name)
                    names[at : at + 1] = [part for part in parts if part not in names]
                    task.weaken("glued_names")
        if not all(
            looks_like_unit(fold("".join(name.split()))) or len(name) == 1 or is_department(name) or is_place(name)
            for name in (*task.lead_units, *task.responsible_units)
        ):
            task.weaken("odd_name")
