"""The numbered items of a plan: 一、(一)1.(1)① and their broken forms, as a tree.

Every number is a candidate. The path through the candidates that is worth most is the outline: what stands beside a number, whether it
goes on with an open list, opens one, leaves some out or goes back, each has its weight. So run-on text, wrapped lines, headings glued to
their first item, restarted numbers and documents that begin in the middle are one problem.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from flows.sources.plans.numbermarks import NumberMark, number_marks

_ORDER = {"chapter": 0, "cn": 1, "named": 2, "cnb": 2, "multi": 3, "num": 3, "numb": 4, "circled": 5, "dash": 6}


@dataclass(slots=True)
class Item:
    """One numbered item. Positions are in the flow: the number is text[start:body], the item reaches to `end` (its children included)."""

    style: str
    number: int
    start: int
    body: int
    end: int
    at_line_head: bool
    parent: Item | None = None
    children: list[Item] = field(default_factory=list)

    @property
    def own_end(self) -> int:
        """Where the item's own text ends and its first child begins."""
        return self.children[0].start if self.children else self.end

    def ancestors(self) -> Iterator[Item]:
        item = self.parent
        while item is not None:
            yield item
            item = item.parent


class _State(NamedTuple):
    """One way to read the marks so far: the open numbers from outside in, the last number of each style, and how it came to be."""

    score: float
    open: tuple[tuple[str, int], ...]
    latest: dict[str, int]
    body: int  # where the words of the last item begin
    items: tuple[NumberMark, _State | None] | None  # the last mark that is an item, and the state before it


# What speaks for and against a number being an item's, on one scale: what is worth less than nothing is no item.
with Path(__file__).with_name("outline.csv").open(encoding="utf-8", newline="") as _table:
    _W = {row["weight"]: float(row["value"]) for row in csv.DictReader(_table)}
_BEAM = 3  # readings kept side by side
_HOPELESS = 4.5  # a reading that falls this far behind the best is dropped


def read_outline(text: str, start: int, end: int, is_gap: Callable[[int], bool] = lambda _: False, *, headed: bool = False) -> list[Item]:
    """All items of text[start:end] in document order; the tree hangs on `parent` and `children`.

    Every number is a candidate; the path through them that explains the document best wins, so that 二、 fifty lines on proves 一、.
    `is_gap` says where white space was printed before a place of the text; `headed` where a heading stands right before `start`.
    """
    marks = number_marks(text, start, end)
    following = _next_of_style(marks)
    states = [_State(0.0, (), {}, start, None)]
    for index, mark in enumerate(marks):
        evidence = _evidence(text, mark, gap=is_gap(mark.start))
        skipped = _W["skipped_head"] if mark.at_line_head else 0.0
        offers = [(state, evidence + _step(text, state, mark, following[index], headed=headed)) for state in states]
        if len(states) == 1 and offers[0][1] - skipped > _HOPELESS:
            states = [_accept(states[0], mark, offers[0][1], following[index])]  # nothing speaks for leaving it out
            continue
        taken = [_accept(state, mark, value, following[index]) for state, value in offers if value - skipped > -_HOPELESS]
        if taken:
            states = _best([*(state._replace(score=state.score + skipped) for state in states), *taken])
    return _tree(_path(states[0]), end)


def _best(states: list[_State]) -> list[_State]:
    """The readings that are still in the race, best first; of those that come to the same the better one."""
    if len(states) == 1:
        return states
    states.sort(key=_score, reverse=True)
    lowest = states[0].score - _HOPELESS
    kept: dict[tuple[tuple[str, int], ...], _State] = {}
    for state in states:
        if state.score < lowest or len(kept) == _BEAM:
            break
        kept.setdefault(state.open, state)
    return [*kept.values()]


def _score(state: _State) -> float:
    return state.score


def _accept(state: _State, mark: NumberMark, value: float, following: int | None) -> _State:
    depth = _depth(state.open, mark.style)
    before = state.open[depth][1] if depth < len(state.open) and state.open[depth][0] == mark.style else None
    number = before + 1 if before is not None and mark.number > before + 1 and following == before + 2 else mark.number  # a misprint
    path = (*state.open[:depth], (mark.style, number))
    return _State(state.score + value, path, {**state.latest, mark.style: number}, mark.end, (mark, state))


def _path(state: _State) -> list[NumberMark]:
    marks: list[NumberMark] = []
    while state.items is not None:
        mark, before = state.items
        marks.append(mark)
        if before is None:
            break
        state = before
    return marks[::-1]


def _tree(marks: Sequence[NumberMark], end: int) -> list[Item]:
    items: list[Item] = []
    path: list[Item] = []
    for mark in marks:
        depth = _depth([(item.style, item.number) for item in path], mark.style)
        for closed in path[depth:]:
            closed.end = mark.start
        del path[depth:]
        item = Item(mark.style, mark.number, mark.start, mark.end, end, mark.at_line_head, path[-1] if path else None)
        if path:
            path[-1].children.append(item)
        path.append(item)
        items.append(item)
    return items


def _next_of_style(marks: list[NumberMark]) -> list[int | None]:
    """For each mark the number of the next mark of its style."""
    latest: dict[str, int] = {}
    following: list[int | None] = [None] * len(marks)
    for index in range(len(marks) - 1, -1, -1):
        following[index] = latest.get(marks[index].style)
        latest[marks[index].style] = marks[index].number
    return following


_LONGEST_HEADING = 60
_QUOTE_REACH = 60
_FULL_STOP = frozenset("。;:!?)”〕")
_CLAUSE_END = frozenset("府局委办厅室心位会门院团处科社所站队镇乡前底")
_ONE_IN_WORDS = frozenset("统第之进唯同合万单归专逐划不其周每另任某这那如始")
_TITLE_END = re.compile(r"(?:方案|要点|意见|计划|通知|任务|清单|分工|安排|措施|如下)$")
_COUNTING = re.compile(r"(?:包括|包含|包括了|分为|分别[为是]|即):?$")
_LOW = frozenset({"numb", "circled"})
_LISTS = frozenset("、,(《“")
_ENCLOSED = frozenset("件表图")


def _evidence(text: str, mark: NumberMark, *, gap: bool) -> float:
    """What the signs beside a number say, whatever numbers stand before and after it."""
    if mark.at_line_head:
        above = text[max(0, mark.start - 3) : mark.start].rstrip("\n")
        return _W["at_head"] + (_W["goes_on_line"] if above.endswith(("、", ",", "(", "第")) else 0.0)
    before = text[mark.start - 1]
    value = _W["in_text_cnb" if mark.style == "cnb" else "in_text_others"] + (_W["after_gap"] if gap else 0.0)
    if before in _FULL_STOP:
        value += _W["after_stop"]
    elif before in _CLAUSE_END:
        value += _W["after_name"]
    elif before in _LISTS or (before in _ENCLOSED and mark.style == "num"):
        value += _W["listed"]
    elif mark.number == 1 and _TITLE_END.search(text, max(0, mark.start - 4), mark.start):
        value += _W["after_title"]
    elif before in _ONE_IN_WORDS and mark.style == "cn":
        value += _W["in_word"]
    elif _COUNTING.search(text, max(0, mark.start - 4), mark.start):
        value += _W["counted"]
    window = text[max(0, mark.start - _QUOTE_REACH) : mark.start]
    if window.rfind("“") > window.rfind("”"):
        value += _W["quoted"]
    elif window.rfind("(") > window.rfind(")"):
        value += _W["in_bracket"]
    return value


def _step(text: str, state: _State, mark: NumberMark, following: int | None, *, headed: bool) -> float:
    """What the numbers say that are open when `mark` comes, of which `following` is the next of its style."""
    heading = not mark.at_line_head and (headed or state.items is not None) and _is_heading(text, state.body, mark.start)
    value = _W["behind_heading"] if heading else 0.0
    open_number = next((number for style, number in reversed(state.open) if style == mark.style), None)
    if mark.style == "dash":
        return value + (_W["another_mark"] if open_number is not None else 0.0)
    if open_number is not None:
        return value + _step_within(mark.number - open_number, mark.number, following)
    if mark.number > 1 and mark.number == state.latest.get(mark.style, 0) + 1:
        return value + _W["runs_on"]
    if not (mark.at_line_head or heading or text[mark.start - 1] in _FULL_STOP):
        value += _W["unheaded"]
    if following == mark.number + 1:
        value += _W["first_of_two"]
    if mark.number == 1:
        return value + _W["first"]
    goes_on = mark.at_line_head and following == mark.number + 1  # 204. … 205. …: an extract from a long list
    far = 0.0 if goes_on else _W["farther"] * max(0, mark.number - _W["far"])
    return value + far + (_W["low_from_middle"] if mark.style in _LOW and not mark.at_line_head else _W["from_middle"])


def _step_within(ahead: int, number: int, following: int | None) -> float:
    """What it is worth that a list goes on with `number`, which is `ahead` of the one before."""
    if ahead == 1:
        return _W["next"]
    if ahead > 1 and following == number - ahead + 2:
        return _W["misprint"]
    if number == 1:
        return _W["restart"] + (_W["first_of_two"] if following == number + 1 else 0.0)
    if ahead <= 0 or ahead > _W["widest_gap"]:
        return _W["backwards"]
    return _W["gap"] + _W["gap_each"] * ahead


def _is_heading(text: str, body: int, end: int) -> bool:
    """True where nothing but a heading without a stop stands between an item's number and `end`."""
    return 2 <= end - body <= _LONGEST_HEADING and not any(char in "。;:" for char in text[body:end])  # noqa: PLR2004 -- no heading of one character


def _depth(path: Sequence[tuple[str, int]], style: str) -> int:
    """How many open items stay open: all that stand above this style in this document, or in the usual order where it is new."""
    for depth, (other, _) in enumerate(path):
        if other == style:
            return depth
    for depth, (other, _) in enumerate(path):
        if _ORDER[other] > _ORDER[style]:
            return depth
    return len(path)
