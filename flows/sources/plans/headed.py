"""Items that stand under the name of who answers for them: 一、市甲局牵头工作(3项), (二)由乙局负责的事项, 【丙局】 before 1. 2. 3.

A heading that says what its unit does (牵头, 负责) is sure by itself; a bare name heads a section only where several such headings stand in
the document, and not where the items below say what the office is for (负责…).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
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
    rf"|(?P<bare>[^:。;]{{3,40}}?){_MATTERS}??)(?P<count>{_COUNT})[:。]?"
)
_LEADS = re.compile(r"牵头|主[办责抓]")
_ABOVE_BEGINS = re.compile(r"(?:以上|上述)[^。,;:由\n]{0,20}由")
_ABOVE = re.compile(
    r"(?:以上|上述)(?:各项|所有|全部|\d{1,2}项)?(?:重点|主要|具体)?(?:工作|任务|项目|措施|事项)[^。,;:由\n]{0,6}由(?P<led>[^。;\n]{2,60}?)"
    r"(?P<does>牵头|负责|承办)(?:负责|落实|组织|实施)*(?:,?(?:会同)?(?P<others>(?:[^。;,\n]|\n(?![\d(])){2,160}?)(?:等(?:相关|有关)?(?:部门|单位)?)?(?:共同|分别)?(?:配合|参与|实施|落实|负责|组织)+)?(?=[。;,\n]|$)"
)
_LONGEST = 100
_FEWEST = 2  # headings of which some say nothing but a name
_SQUARE = re.compile(r"〔(?P<inner>[^〔〕\n]+)〕")
_OFFICE = re.compile(
    r"(?:局|委|办|处|厅|院|办公室|政府|委员会|中心|公司|街道|镇|乡|部门|单位|支队|大队|总工会|联合会|[市县区州](?:政府)?|委.{1,3}部)$"
)
_DUTY = re.compile(r"(?:主要|具体|牵头)?(?:负责|职责|承担)")
_DUTIES = re.compile(r"职责|职能|领导小组|组织机构|组织领导")
_LINE = re.compile(r"(?<=\n)[^\n]+")


class Head(NamedTuple):
    """A heading (or closing sentence) in the flow that names units, with the stretch for which it holds; `item` where it bears a number."""

    start: int
    end: int
    scope: tuple[int, int]
    units: tuple[Named, ...]
    is_bare: bool = False
    item: Item | None = None


def read_tasks(reader: TaskReader, part: Part, items: list[Item]) -> list[Task]:
    """The tasks of one part: items with clauses of their own, and items below the name of who answers for them."""
    if not items:
        return []
    heads = [*_heads(reader.flow, part, items), *_closing(reader.flow, items)]
    _cut_at(heads, items)
    found = reader.tasks(part, items, sorted((head.start, head.end) for head in heads))
    by_start = {task.place.start: task for task in found}
    for head in heads:
        _below(reader, part, head, _under(head, items), by_start)
    return sorted(by_start.values(), key=lambda task: task.place.start)


def _cut_at(heads: Sequence[Head], items: Sequence[Item]) -> None:
    """An item without others below it ends where the next heading or closing sentence begins."""
    starts = sorted(head.start for head in heads)
    for item in items:
        at = bisect_right(starts, item.start)
        if not item.children and at < len(starts):
            item.end = min(item.end, starts[at])


def _under(head: Head, items: Sequence[Item]) -> Sequence[Item]:
    first, last = (bisect_left(items, place, key=_start) for place in head.scope)
    return items[first:last]


def _start(item: Item) -> int:
    return item.start


def _below(reader: TaskReader, part: Part, head: Head, items: Sequence[Item], by_start: dict[int, Task]) -> None:
    """Add the tasks that stand below a heading to those found, which are kept by where they start; those with clauses of their own get its units besides."""
    done: set[int] = set()
    for item in items:
        start = reader.flow.span(item.start, item.end)[0]
        task = by_start.get(start)
        if task is not None or any(id(above) in done for above in item.ancestors()):
            done.add(id(item))
        elif not item.children and could_be_task(reader, item, demands=False):
            task = by_start[start] = reader.new_task(part, item, [], item.end)
            reader.add_deadline(task, item, [], item.end)
        if task is not None:
            _add_units(reader.flow, task, head)


def _add_units(flow: NormalizedText, task: Task, head: Head) -> None:
    """The units of the heading, before the item's own."""
    lead, named = ([flow.quote(unit.start, unit.end) for unit in head.units if unit.role == role] for role in ("lead", "responsible"))
    own = [name for name in task.responsible_units if name not in named]
    task.responsible_units = own if task.lead_units and own else [*named, *own]
    task.lead_units = task.lead_units or lead
    task.units_inherited = True
    task.weaken("unit_heading")


def _heads(flow: NormalizedText, part: Part, items: Sequence[Item]) -> list[Head]:
    """The headings of a part that name units, in order."""
    numbered = [head for item in items if item.children and (head := _head(flow, item.body, item.own_end, item.end, item))]
    starts = {item.start for item in items}
    between = [
        head
        for start, end in _unnumbered(flow.text, part.start, items)
        if start not in starts and end + (flow.text[end : end + 1] == "\n") in starts and (head := _head(flow, start, end, part.end, None))
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
    if item is None and (group == "labelled" or (group == "bare" and not square and not found["count"])):
        return None  # a label's line closes the item above it, and a name alone in a line may sign the text
    role = "lead" if _LEADS.search(found["role"] or (found[0].partition(":")[0] if group == "labelled" else "")) else "responsible"
    units = tuple(read_units(flow.text, *found.span(group), role, flow.gaps(*found.span(group))))
    names = [flow.text[unit.start : unit.end] for unit in units]
    fits = _is_office if group == "bare" else looks_like_unit
    if not units or not all(fits(name) or is_department(name) for name in names):
        return None
    return Head(start, end, (end, scope_end), tuple(unit._replace(role=role) for unit in units), group == "bare", item)


def _closing(flow: NormalizedText, items: Sequence[Item]) -> list[Head]:
    """以上工作由甲局牵头,会同乙局等实施。 behind the last of several items holds for all of them, as far back as the sentence before."""
    heads: list[Head] = []
    reached = items[0].start
    for begin in _ABOVE_BEGINS.finditer(flow.text, items[0].start, items[-1].end):
        last = items[bisect_left(items, begin.start(), key=_start) - 1]
        first = max((last.parent.children if last.parent else items)[0].start, reached)
        reached = begin.end()
        found = _ABOVE.match(flow.text, begin.start(), items[-1].end)
        units = _units_above(flow, found) if found else ()
        if found and units:
            heads.append(Head(*found.span(), (first, found.start()), units))
    return heads


def _units_above(flow: NormalizedText, found: re.Match[str]) -> tuple[Named, ...]:
    """The units of a closing sentence with their roles; none where a part of it is no name."""
    lead = "lead" if _LEADS.search(found["does"]) else "responsible"
    spans = [(lead, found.span("led")), *([("responsible", found.span("others"))] if found["others"] else [])]
    units = tuple(unit._replace(role=role) for role, span in spans for unit in read_units(flow.text, *span, role, flow.gaps(*span)))
    return units if all(looks_like_unit(flow.text[unit.start : unit.end]) for unit in units) else ()


def _unnumbered(text: str, start: int, items: Sequence[Item]) -> list[tuple[int, int]]:
    """Lines of their own and, where line ends were lost, names in square brackets."""
    end = items[-1].end
    lines = {line.span() for line in _LINE.finditer(text, start, end)}
    return sorted(lines | {square.span() for square in _SQUARE.finditer(text, start, end)})


def _is_office(name: str) -> bool:
    """A name that can be nothing else: 坚持量力而行 ends as 某某银行 does."""
    return is_plain_unit(name) and bool(_OFFICE.search(name))


def _scoped(heads: Sequence[Head], items: Sequence[Item]) -> list[Head]:
    """Headings without numbers: each holds up to the next, or to the end of the list in which its items stand."""
    ends = [*(head.start for head in heads[1:]), None]
    scoped = []
    for head, following in zip(heads, ends, strict=False):
        first = items[bisect_left(items, head.end, key=_start)]
        limit = first.parent.end if first.parent else head.scope[1]
        scoped.append(head._replace(scope=(head.end, min(limit, following or limit))))
    return scoped


def _of_duties(flow: NormalizedText, head: Head, items: Sequence[Item]) -> bool:
    """True where a heading above a bare name speaks of duties, or most items below it say what the office is for."""
    if head.item and any(_DUTIES.search(flow.text, above.body, above.own_end) for above in head.item.ancestors()):
        return True
    below = _under(head, items)
    return 2 * sum(bool(_DUTY.match(flow.text, item.body)) for item in below) >= len(below)
