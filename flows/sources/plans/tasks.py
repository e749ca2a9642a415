"""Items as tasks: those that carry clauses, with title, units, deadline and place; a head's clause holds for the items below it."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from flows.sources.plans.assign import ByItem, assign
from flows.sources.plans.clauses import read_clauses
from flows.sources.plans.deadlines import NONE, Deadline, read_deadline
from flows.sources.plans.duedates import due_in_body
from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.model import Clause, Place, Task
from flows.sources.plans.outline import Item
from flows.sources.plans.parts import Part
from flows.sources.plans.unlabelled import opening_clause
from flows.sources.plans.words import words

PHASE = re.compile(r"(?<![下现上]一)(?<![下现])阶段|工作步骤|实施步骤|方法步骤|步骤安排|时间安排|进度安排|推进步骤|工作进度|实施时间")
_STOP = re.compile(r"[。;\n]")
_TITLE_STOP = re.compile(rf"[。;\n]|{'|'.join(f'(?:{word.pattern}):' for word in words('label') if word.role == 'person')}")
_YEAR = re.compile(r"(20\d\d)年")
_PERIOD = re.compile(r"阶段|季度|月")
_LONGEST_HEADING = 60
_OWN_WORDS = 8  # characters of a line before a clause that are more than a bracket


class TaskReader:
    """Makes tasks of the items of one document; `place` gives the lines and the page of a span, `year` is the plan's own."""

    def __init__(self, flow: NormalizedText, place: Callable[[int, int], Place], year: int | None) -> None:
        self.flow = flow
        self.place = place
        self.year = year
        self._headings: dict[int, str] = {}

    def tasks(self, part: Part, items: list[Item], heads: Sequence[tuple[int, int]] = ()) -> list[Task]:
        """The tasks among the items of one part, in order: each item that carries a clause of its own; what stands in `heads` (in order) is none."""
        clauses = read_clauses(self.flow, items[0].start, items[-1].end, [item.start for item in items]) if items else []
        clauses = [clause for clause in clauses if not _stands_in(clause.start, heads)]
        by_item = assign(self.flow.text, items, clauses)
        if by_item:
            by_item |= {id(item): opening for item in items if id(item) not in by_item and (opening := self.opening(item))}
        tasks: list[Task] = []
        for item in items:
            own = by_item.get(id(item))
            if own and self._is_task(item, own):
                tasks.append(self._task(part, item, own, by_item, tasks))
        return tasks

    def opening(self, item: Item) -> list[Clause]:
        """The clause of an item without others whose own sentence begins with who does what it says; none for a phase."""
        clause = None if item.children or PHASE.search(self.heading(item)) else opening_clause(self.flow, item.body, item.end)
        return [clause] if clause else []

    def heading(self, item: Item) -> str:
        """The item's first words, up to a stop."""
        known = self._headings.get(id(item))
        if known is None:
            stop = _STOP.search(self.flow.text, item.body, min(item.own_end, item.body + _LONGEST_HEADING))
            end = stop.start() if stop else min(item.own_end, item.body + _LONGEST_HEADING)
            known = self._headings[id(item)] = self.flow.text[item.body : end]
        return known

    def new_task(self, part: Part, item: Item, clauses: list[Clause], end: int) -> Task:
        """A task of an item up to `end`, still without units and deadline."""
        first, last = self.flow.span(item.start, end)
        section = ">".join(reversed([self._number(above) for above in item.ancestors()])) or None
        return Task(self._number(item) or None, self._title(item, clauses), self.place(first, last), section=section, part=part.name)

    def add_deadline(self, task: Task, item: Item, clauses: list[Clause], end: int) -> None:
        """The deadline of the clauses, else a date by which the item's own sentences say that its product is due."""
        year = self._year_of(item)
        spans = [clause.deadline for clause in clauses if clause.deadline]
        read: list[tuple[Deadline, tuple[int, int]]] = [(read_deadline(self.flow.text[a:b], year), (a, b)) for a, b in spans]
        if not read:
            found = due_in_body(self.flow.text, item.body, end, year, [(clause.start, clause.end) for clause in clauses])
            read = [found] if found else []
        if read:
            dated = [entry for entry in read if entry[0].kind == "date"] or read
            task.deadline, span = dated[-1]
            task.deadline_text = self.flow.quote(*span) if task.deadline != NONE else None

    def _is_task(self, item: Item, clauses: list[Clause]) -> bool:
        if any(clause.units or clause.same_as_above for clause in clauses):
            return True
        if PHASE.search(self.heading(item)):
            return False
        in_phase = any(PHASE.search(self.heading(above)) for above in item.ancestors())
        return not in_phase or self._dated_by_name(item, clauses[0])

    def _dated_by_name(self, item: Item, clause: Clause) -> bool:
        """True for a step of one stage that bears its own date right behind its name: 准备阶段 … 确定清单(4月底前)."""
        if item.parent is None or "阶段" not in self.heading(item.parent):
            return False  # what stands right below 实施步骤 is a stage
        return clause.form == "bracket" and item.body < clause.start <= item.body + len(self.heading(item).partition("(")[0])

    def _task(self, part: Part, item: Item, clauses: list[Clause], by_item: ByItem, before: list[Task]) -> Task:
        end = item.end
        if any(id(child) in by_item for child in item.children):
            end = max([item.own_end, *(clause.end for clause in clauses if clause.end <= item.end)])
        task = self.new_task(part, item, clauses, end)
        self.add_units(task, clauses, before)
        if self._spread(clauses):
            task.weaken("spread_clauses")
        if not task.lead_units and not task.responsible_units:
            self._inherit(task, item, by_item)
        self.add_deadline(task, item, clauses, end)
        return task

    def _spread(self, clauses: list[Clause]) -> bool:
        """True where several lines of one item name units behind words of their own: items below it may have lost their numbers."""
        text, lines = self.flow.text, set()
        for clause in clauses:
            line = text.rfind("\n", 0, clause.start) + 1
            if clause.units and clause.start - line > _OWN_WORDS:
                lines.add(line)
        return len(lines) > 1

    def _number(self, item: Item) -> str:
        """The number as printed; a dash is none."""
        if item.style == "dash":
            return ""
        return "".join(self.flow.printed[self.flow.source(item.start) : self.flow.source(item.body)].split())

    def _title(self, item: Item, clauses: list[Clause]) -> str:
        """The heading as printed, or the first clause up to a full stop or semicolon."""
        text, start = self.flow.text, item.body
        while start < item.own_end and text[start] == "\n":
            start += 1
        for clause in clauses:  # in order
            if clause.start <= start < clause.end:
                start = clause.end
        stop = _TITLE_STOP.search(text, start, item.own_end)
        end = min([item.own_end, stop.start() if stop else item.own_end, *(clause.start for clause in clauses if clause.start > start)])
        return self.flow.quote(start, end).rstrip(":：,，、;； ")

    def add_units(self, task: Task, clauses: Iterable[Clause], before: list[Task]) -> None:
        """The units of the clauses with their roles; 同上 names those of the task before."""
        for clause in clauses:
            if clause.same_as_above and before:
                task.lead_units, task.responsible_units = list(before[-1].lead_units), list(before[-1].responsible_units)
                task.units_inherited = True
            for unit in clause.units:
                names = task.lead_units if unit.role == "lead" else task.responsible_units
                name = self.flow.quote(unit.start, unit.end)
                if name not in names:
                    names.append(name)
                if not unit.sure:
                    task.weaken("glued_names")
            task.weaken(clause.form)

    def _inherit(self, task: Task, item: Item, by_item: ByItem) -> None:
        for above in item.ancestors():
            clauses = [clause for clause in by_item.get(id(above), []) if clause.units]
            if clauses:
                self.add_units(task, clauses, [])
                task.units_inherited = True
                task.weaken("inherited")
                return

    def _year_of(self, item: Item) -> int | None:
        """The year of the phase an item stands in, where its heading prints one; else the plan's."""
        for above in item.ancestors():
            heading = self.heading(above)
            found = _YEAR.search(heading)
            if found and _PERIOD.search(heading):
                return int(found[1])
        return self.year


def _stands_in(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(spans, (place, sys.maxsize)) - 1
    return at >= 0 and place < spans[at][1]
