"""Items that stand under the name of who answers for them: 一、市甲局牵头工作(3项), (二)由乙局负责的事项, 【丙局】 before 1. 2. 3.

A heading that says what its unit does (牵头, 负责) is sure by itself; a bare name heads a section only where several such headings stand in
the document, and not where the items below say what the office is for (负责…).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from flows.sources.plans.clauseless import could_be_task
from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.model import Named, Task
from flows.sources.plans.names import is_department, is_plain_unit, looks_like_unit
from flows.sources.plans.outline import Item
from flows.sources.plans.parts import Part
from flows.sources.plans.tasks import TaskReader
from flows.sources.plans.units import read_units

_COUNT = r"(?:\((?:共|计|合计)?[\d一二三四五六七八九十]{1,3}[项条个件]\)|[:,]?共?[\d一二三四五六七八九十]{1,3}[项条个件])?"
_MATTERS = r"(?:的?(?:重点|主要|具体|年度|各项|专项|相关|有关|目标|整改)*(?:工作|任务|事项|项目|内容|措施|指标|清单|部分|建议|提案|实事)+)"
_DOES = r"(?:共同|联合|分别|具体|主要|按职责)*(?P<role>牵头|主办|主责|主抓|承办|负责|落实|承担|实施|办理)(?:负责|落实|组织|实施|推进|办理|完成|承担)*"
_HEADING = re.compile(
    rf"(?:(?:牵头|主办|责任|承办|主责|负责)(?:单位|部门|科室|机关):(?P<labelled>[^:。;]{{2,80}}?)"
    rf"|(?:由|应由|需由)?(?P<led>[^:。;]{{2,80}}?){_DOES}{_MATTERS}"
    rf"|(?P<bare>[^:。;]{{3,40}}?){_MATTERS}??){_COUNT}[:。]?"
)
_LEADS = re.compile(r"牵头|主[办责抓]")
_LONGEST = 100
_FEWEST = 2  # headings of which some say nothing but a name
_SQUARE = re.compile(r"〔(?P<inner>[^〔〕\n]+)〕")
_DUTY = re.compile(r"(?:主要|具体|牵头)?(?:负责|职责|承担)")
_DUTIES = re.compile(r"职责|职能|领导小组|组织机构|组织领导")
_LINE = re.compile(r"(?<=\n)[^\n]+")


class Head(NamedTuple):
    """A heading in the flow that names units, with the stretch for which it holds; `item` where it bears a number."""

    start: int
    end: int
    scope_end: int
    units: tuple[Named, ...]
    is_bare: bool
    item: Item | None = None


def read_tasks(reader: TaskReader, part: Part, items: list[Item]) -> list[Task]:
    """The tasks of one part: items with clauses of their own, and items below the name of who answers for them."""
    if not items:
        return []
    heads = _heads(reader.flow, part, items)
    for item in items:
        if not item.children:
            item.end = min([item.end, *(head.start for head in heads if item.start < head.start < item.end)])
    tasks = reader.tasks(part, items, [(head.start, head.end) for head in heads])
    for head in heads:
        below = [item for item in items if head.end <= item.start < head.scope_end]
        tasks = _below(reader, part, head, below, tasks)
    return sorted(tasks, key=lambda task: task.place.start)


def _below(reader: TaskReader, part: Part, head: Head, items: list[Item], tasks: list[Task]) -> list[Task]:
    """The tasks with those that the items below a heading add; items with clauses of their own get its units besides."""
    by_start = {task.place.start: task for task in tasks}
    done: set[int] = set()
    for item in items:
        task = by_start.get(reader.flow.span(item.start, item.end)[0])
        if task is not None or any(id(above) in done for above in item.ancestors()):
            done.add(id(item))
        elif not item.children and could_be_task(reader, item, demands=False):
            task = reader.new_task(part, item, [], item.end)
            reader.add_deadline(task, item, [], item.end)
            tasks = [*tasks, task]
        if task is not None:
            _add_units(reader.flow, task, head)
    return tasks


def _add_units(flow: NormalizedText, task: Task, head: Head) -> None:
    """The units of the heading, before the item's own."""
    names = [flow.quote(unit.start, unit.end) for unit in head.units]
    if head.units[0].role == "lead":
        task.lead_units = task.lead_units or names
    else:
        own = [name for name in task.responsible_units if name not in names]
        task.responsible_units = own if task.lead_units and own else [*names, *own]
    task.units_inherited = True
    task.weaken("unit_heading")


def _heads(flow: NormalizedText, part: Part, items: Sequence[Item]) -> list[Head]:
    """The headings of a part that name units, in order."""
    numbered = [head for item in items if item.children and (head := _head(flow, item.body, item.own_end, item.end, item))]
    starts = {item.start for item in items}
    lines = [line.span() for line in _LINE.finditer(flow.text, part.start, items[-1].end)]
    between = [
        head
        for (start, end), (following, _) in zip(lines, lines[1:], strict=False)  # noqa: RUF007
        if start not in starts and following in starts and (head := _head(flow, start, end, part.end, None))
    ]
    heads = [*numbered, *_scoped(between, items)]
    bare = [head for head in heads if head.is_bare and not _of_duties(flow, head, items)]
    sure = [head for head in heads if not head.is_bare]
    kept = sure + (bare if len(sure) + len(bare) >= _FEWEST else [])
    return sorted(kept, key=lambda head: head.start)


def _head(flow: NormalizedText, start: int, end: int, scope_end: int, item: Item | None) -> Head | None:
    if end - start > _LONGEST:
        return None
    square = _SQUARE.fullmatch(flow.text[start:end].strip("\n"))
    words = flow.text[start:end]
    first = start + (words.index("〔") + 1 if square else len(words) - len(words.lstrip("\n")))
    last = first + len(square["inner"]) if square else start + len(words.rstrip("\n"))
    found = _HEADING.fullmatch(flow.text, first, last)
    if found is None:
        return None
    group = next(name for name in ("labelled", "led", "bare") if found[name])
    if item is None and (group == "labelled" or (group == "bare" and not square and found.end("bare") == last)):
        return None  # a label's line closes the item above it, and a name alone in a line may sign the text
    role = "lead" if _LEADS.search(found["role"] or (found[0].partition(":")[0] if group == "labelled" else "")) else "responsible"
    units = tuple(read_units(flow.text, *found.span(group), role, flow.gaps(*found.span(group))))
    names = [flow.text[unit.start : unit.end] for unit in units]
    fits = is_plain_unit if group == "bare" else looks_like_unit
    if not units or not all(fits(name) or is_department(name) for name in names):
        return None
    return Head(start, end, scope_end, tuple(unit._replace(role=role) for unit in units), group == "bare", item)


def _scoped(heads: Sequence[Head], items: Sequence[Item]) -> list[Head]:
    """Headings without numbers: each holds up to the next, or to the end of the list in which its items stand."""
    ends = [*(head.start for head in heads[1:]), None]
    scoped = []
    for head, following in zip(heads, ends, strict=False):
        first = next(item for item in items if item.start >= head.end)
        limit = first.parent.end if first.parent else head.scope_end
        scoped.append(head._replace(scope_end=min(limit, following or limit)))
    return scoped


def _of_duties(flow: NormalizedText, head: Head, items: Sequence[Item]) -> bool:
    """True where a heading above a bare name speaks of duties, or most items below it say what the office is for."""
    if head.item and any(_DUTIES.search(flow.text, above.body, above.own_end) for above in head.item.ancestors()):
        return True
    below = [item for item in items if head.end <= item.start < head.scope_end]
    return 2 * sum(bool(_DUTY.match(flow.text, item.body)) for item in below) >= len(below)
