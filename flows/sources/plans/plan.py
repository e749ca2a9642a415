"""A plan read: its facts, tasks, targets and unit lists, put together from outline, clauses and tables."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.sources.plans.assign import assign
from flows.sources.plans.clauses import Clause, read_clauses
from flows.sources.plans.columns import is_target_table, is_task_table
from flows.sources.plans.deadlines import NONE, Deadline, read_deadline
from flows.sources.plans.duedates import due_in_body
from flows.sources.plans.facts import FactReader
from flows.sources.plans.flattened import read_flattened
from flows.sources.plans.fold import build_flow, fold
from flows.sources.plans.grid import Grid
from flows.sources.plans.grids import read_grids
from flows.sources.plans.loose import read_loose
from flows.sources.plans.model import Facts, Place, Task, UnitEntry, UnitTarget
from flows.sources.plans.outline import Item, read_outline
from flows.sources.plans.parts import Part, listings, read_parts, tail_after
from flows.sources.plans.stages import Stage, read_stages
from flows.sources.plans.tables import TableReader
from flows.sources.plans.text import SourceText
from flows.sources.plans.units import is_plain_unit, looks_like_unit, read_units, split_by_known

_PHASE = re.compile(r"阶段|工作步骤|实施步骤|方法步骤|步骤安排|时间安排|进度安排|推进步骤|工作进度|实施时间")
_NO_TASKS = re.compile(
    r"总体要求|充分认识|提高认识|提高思想|统一思想|重[要大]意义|重要性|组成人员|人员组成|指导思想|基本原则|工作目标|总体目标|主要目标|目标任务$|工作思路|总体思路|目标要求|组织领导$|组织机构|领导机构|领导小组|工作机构|机构设置|保障措施|组织保障|工作保障|工作要求|有关要求|相关要求|几点要求"
    r"|组织实施$|适用范围|工作原则|附则|名词解释|概述|基本情况|存在问题|工作职责|职责分工$"
)
_NOT_A_PLAN = re.compile(
    r"制度|办法|规定|规范|细则|章程|职责|指南|条例|规程|通报|公告|公示|报告|函$|的函|批复|决定|名单|总结|解读|会议纪要|通告|倡议|标准$|规则"
)
_PLAN = re.compile(r"要点|方案|计划|安排|分工|分解|任务|行动|措施|举措|清单|意见|规划|台账|推进|加强|深化|进一步|工作的通知")
_OF_THE_DAY = re.compile(r"(?:迎检|会议|培训|填报|报送|统计|调整|成立|征求|举办|召开|评选|检查|自查)[^《》]{0,12}通知$")
_ROSTER = re.compile(r"领导小组|组成人员|人员名单|联络员名单|小组名单|成员名单")
_UNIT_LIST = re.compile(r"(?:单位|部门|机构|机关)(?:名单|名录|一览表|目录|列表)")
_STOP = re.compile(r"[。;\n]")
_HANDED_OUT = re.compile(r"印发(?:给|与)?你们|现.{0,40}印发|转发(?:给)?你们")
_OWN_PLAN = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|提出(?:如下|以下)|做好(?:如下|以下)|(?:安排|部署|任务分解)如下")


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
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.folded = fold(source.text)
        self.offsets = [line.offset for line in source.lines]
        grids = [*read_grids(source, self.folded)]
        self.grids = [grid for grid in grids if is_task_table(grid.roles) or is_target_table(grid.roles)]
        self.flow = build_flow(source, frozenset().union(*(grid.lines for grid in grids)), self.folded)
        for read in (read_flattened, read_loose):
            for grid, start, end in [*read(self.flow)]:
                self.grids.append(grid)
                self.flow = self.flow.without(start, end)
        self.parts = read_parts(self.flow.text)
        self.listings = listings(self.flow.text)

    def read(self) -> PlanContent:
        outlines = [(part, self._outline(part)) for part in self.parts]
        body = next((items[0].start for _, items in outlines if items), self.parts[0].end)
        facts = FactReader(self.source, self.flow, body, self.parts[0].end).read()
        content = PlanContent(self.source, facts)
        tables = TableReader(self.folded, self.source.text, self.place, facts.year)
        rows = [task for grid in self.grids for task in tables.tasks(grid)]
        found = [task for part, items in outlines for task in self._tasks(part, items, facts.year)]
        if not found and not rows and self._is_plan(facts):
            found = next((tasks for part, items in outlines if (tasks := self._plain_tasks(part, items, facts.year))), [])
        content.tasks = _once(sorted([*found, *rows], key=lambda task: task.place.start), source_text=self.source.text)
        self._targets(content, tables, self.grids)
        content.unit_list = self._unit_list()
        content.stages = [(stage, self.place(*self.flow.span(stage.start, stage.end))) for stage in read_stages(self.flow.text, facts.year)]
        _take_apart(content.tasks)
        return content

    def place(self, start: int, end: int) -> Place:
        first = bisect_right(self.offsets, start) - 1
        last = bisect_right(self.offsets, max(start, end - 1)) - 1
        line = self.source.lines[first]
        return Place(start, end, line.number, self.source.lines[last].number, line.page)

    def _outline(self, part: Part) -> list[Item]:
        items = read_outline(self.flow.text, part.start, part.end)
        items = [item for item in items if not self._is_listed(item)]
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

    def _tasks(self, part: Part, items: list[Item], year: int | None) -> list[Task]:
        if _ROSTER.search(part.title) or not items:
            return []
        stops = [item.start for item in items]
        clauses = read_clauses(self.flow, items[0].start, items[-1].end if items else part.end, stops)
        by_item = assign(self.flow.text, items, clauses)
        tasks: list[Task] = []
        for item in items:
            own = by_item.get(id(item))
            if own and self._is_task(item, own):
                tasks.append(self._task(part, item, own, by_item, year, tasks))
        return tasks

    def _is_task(self, item: Item, clauses: list[Clause]) -> bool:
        if any(clause.units or clause.same_as_above for clause in clauses):
            return True
        headings = [self._heading(item), *(self._heading(above) for above in item.ancestors())]
        return not any(_PHASE.search(heading) for heading in headings)

    def _heading(self, item: Item) -> str:
        stop = _STOP.search(self.flow.text, item.body, item.own_end)
        return self.flow.text[item.body : min(stop.start() if stop else item.own_end, item.body + 60)]

    def _task(
        self, part: Part, item: Item, clauses: list[Clause], by_item: dict[int, list[Clause]], year: int | None, before: list[Task]
    ) -> Task:
        end = (
            item.end
            if not any(id(child) in by_item for child in item.children)
            else max([item.own_end, *(clause.end for clause in clauses if clause.end <= item.end)])
        )
        task = self._new_task(part, item, clauses, end)
        self._add_units(task, clauses, before)
        if not task.lead_units and not task.responsible_units:
            self._inherit(task, item, by_item)
        self._add_deadline(task, item, clauses, end, year)
        return task

    def _new_task(self, part: Part, item: Item, clauses: list[Clause], end: int) -> Task:
        first, last = self.flow.span(item.start, end)
        number = "".join(self.source.text[self.flow.source(item.start) : self.flow.source(item.body)].split())
        section = ">".join(reversed([self._number(above) for above in item.ancestors()])) or None
        return Task(number or None, self._title(item, clauses), self.place(first, last), section=section, part=part.name)

    def _number(self, item: Item) -> str:
        return "".join(self.source.text[self.flow.source(item.start) : self.flow.source(item.body)].split())

    def _title(self, item: Item, clauses: list[Clause]) -> str:
        """The heading as printed, or the first clause up to a full stop or semicolon."""
        text, start = self.flow.text, item.body
        while start < item.own_end and text[start] == "\n":
            start += 1
        for clause in sorted(clauses, key=lambda clause: clause.start):
            if clause.start <= start < clause.end:
                start = clause.end
        stops = [clause.start for clause in clauses if clause.start > start]
        found = re.compile(r"[。;\n]").search(text, start, item.own_end)
        end = min([item.own_end, *stops, found.start() if found else item.own_end])
        return self.flow.quote(start, end).replace("\n", "").rstrip(":：,，、;； ")

    def _add_units(self, task: Task, clauses: Iterable[Clause], before: list[Task]) -> None:
        for clause in clauses:
            if clause.same_as_above and before:
                task.lead_units, task.responsible_units = list(before[-1].lead_units), list(before[-1].responsible_units)
                task.units_inherited = True
            for unit in clause.units:
                names = task.lead_units if unit.role == "lead" else task.responsible_units
                name = self.flow.quote(unit.start, unit.end)
                if name not in names:
                    names.append(name)
                task.confidence = min(task.confidence, 1.0 if unit.sure else 0.7)
            task.confidence = min(task.confidence, {"labelled": 0.98, "bracket": 0.95, "sentence": 0.85}[clause.form])

    def _inherit(self, task: Task, item: Item, by_item: dict[int, list[Clause]]) -> None:
        for above in item.ancestors():
            clauses = [clause for clause in by_item.get(id(above), []) if clause.units]
            if clauses:
                self._add_units(task, clauses, [])
                task.units_inherited = True
                task.confidence = min(task.confidence, 0.8)
                return

    def _add_deadline(self, task: Task, item: Item, clauses: list[Clause], end: int, year: int | None) -> None:
        year = self._year_of(item, year)
        spans = [clause.deadline for clause in clauses if clause.deadline]
        read: list[tuple[Deadline, tuple[int, int]]] = [(read_deadline(self.flow.text[a:b], year), (a, b)) for a, b in spans]
        if not read:
            found = due_in_body(self.flow.text, item.body, end, year, [(clause.start, clause.end) for clause in clauses])
            read = [found] if found else []
        if read:
            dated = [entry for entry in read if entry[0].kind == "date"] or read
            task.deadline, span = dated[-1]
            task.deadline_text = self.flow.quote(*span) if task.deadline != NONE else None

    def _year_of(self, item: Item, year: int | None) -> int | None:
        """The year of the phase an item stands in, where its heading prints one; else the plan's."""
        for above in (item, *item.ancestors()):
            heading = self._heading(above)
            found = re.search(r"(20\d\d)年", heading)
            if found and above is not item and re.search(r"阶段|季度|月", heading):
                return int(found[1])
        return year

    def _is_plan(self, facts: Facts) -> bool:
        title = fold(facts.title or "")
        if _OF_THE_DAY.search(title):
            return False
        return not title or bool(_PLAN.search(title)) or not _NOT_A_PLAN.search(title)

    def _plain_tasks(self, part: Part, items: list[Item], year: int | None) -> list[Task]:
        """Where no item carries a clause: the smallest numbered items with words of their own, but for aims, phases and rosters."""
        tasks: list[Task] = []
        if self._only_covering(items):
            return tasks
        for item in items:
            headings = [self._heading(item), *(self._heading(above) for above in item.ancestors())]
            if any(not self._is_fragment(child) for child in item.children) or self._is_fragment(item) or self._is_duty(item):
                continue
            if any(_PHASE.search(heading) or _NO_TASKS.search(heading) for heading in headings) or item.end - item.body < 6:  # noqa: PLR2004
                continue
            task = self._new_task(part, item, [], item.end)
            task.confidence = 0.6
            self._add_deadline(task, item, [], item.end, year)
            tasks.append(task)
        return tasks

    def _only_covering(self, items: list[Item]) -> bool:
        """True where the items belong to the notice that hands a plan out and not to the plan: no signature stands between."""
        if not items:
            return False
        head = self.flow.text[: items[0].start]
        handed = _HANDED_OUT.search(head)
        return bool(handed and not _OWN_PLAN.search(head, handed.start()))

    def _is_fragment(self, item: Item) -> bool:
        """`包括(1)甲;(2)乙。` counts things inside a sentence; ① and dashes hardly ever number tasks."""
        if item.style in {"circled", "dash"}:
            return True
        return not item.at_line_head and item.style == "numb" and self.flow.text[item.start - 1] not in "。\n)"

    def _is_duty(self, item: Item) -> bool:
        """`(一)区司法局:负责审核` says what an office is for."""
        head = re.match(r"([^。;,:\n]{2,20}?)(?::|负责|主要职责|职责)", self.flow.text[item.body : item.body + 30])
        return bool(head) and is_plain_unit(head[1]) if head else False

    def _targets(self, content: PlanContent, tables: TableReader, grids: list[Grid]) -> None:
        for grid in grids:
            for target, is_total in tables.targets(grid):
                (content.totals if is_total else content.targets).append(target)

    def _unit_list(self) -> list[UnitEntry]:
        for part in self.parts[1:]:
            if not _UNIT_LIST.search(part.title) or _ROSTER.search(part.title):
                continue
            start = self.flow.text.find("\n", part.start + 1, part.end) + 1 or part.start
            end = tail_after(self.flow.text, start, part.end)
            units = read_units(self.flow.text, start, end, "responsible")
            names = [(unit.start + self._list_number(unit.start, unit.end), unit.end) for unit in units]
            return [
                UnitEntry(self.flow.quote(*name), self.place(*self.flow.span(*name)))
                for name in names
                if looks_like_unit(self.flow.text[slice(*name)])
            ]
        return []

    def _list_number(self, start: int, end: int) -> int:
        number = re.match(r"\d{1,3}[.、|]?", self.flow.text[start:end])
        return number.end() if number else 0


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
                    task.confidence = min(task.confidence, 0.7)
