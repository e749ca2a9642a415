"""Changes that leave a plan's tasks what they are leave what is read of them: over our own layouts, and over the real plans where they lie.

The floors are what holds today, a little below the figure; 0.98 is what a change that loses nothing should reach, 0.93 what lost line
ends should. Tables of one cell a line are what most often falls short of that when nothing parts their cells any more.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from flows.sources.plans import read_plan
from tests.sources.plans.answers import LAYOUTS, Known, fold, known, tasks_of
from tests.sources.plans.metamorphic import CHANGES, Rename

SHARED = Path(__file__).resolve().parents[4] / "shared"
KINDS = ("tasks", "lead units", "responsible units", "deadlines")
# change → least F1 over the layouts: tasks, lead units, responsible units, deadlines
FLOORS = {
    "newlines removed": (0.93, 0.92, 0.90, 0.92),
    "cells run together": (0.90, 0.86, 0.87, 0.88),
    "wrapped at 17": (0.94, 0.90, 0.93, 0.94),
    "wrapped at 28": (0.96, 0.98, 0.94, 0.96),
    "wrapped at 43": (0.97, 0.96, 0.95, 0.96),
    "known words for labels": (0.98, 0.96, 0.98, 0.98),
    "unknown words for labels": (0.93, 0.89, 0.92, 0.91),
    "names invented": (0.98, 0.96, 0.97, 0.98),
    "noise": (0.98, 0.98, 0.98, 0.98),
}
# change → least F1 of tasks over the real plans
REAL_FLOORS = {"wrapped at 28": 0.96, "names invented": 0.98, "unknown words for labels": 0.96, "noise": 0.98, "newlines removed": 0.92}
SHORTEST_TITLE = 4  # as the scorer of the labelled plans has it
LINES_LOST = {"newlines removed", "cells run together"}
Counts = dict[str, Counter[tuple[str, ...]]]


def known_titles(read: list[list[Any]], expected: list[list[Any]]) -> list[list[Any]]:
    """The tasks read, with the known title of which theirs is the beginning or that begins theirs: a lost line end takes along where a heading ends."""
    titles = [title for _, title, *_ in expected]
    return [[no, next((one for one in titles if _begins(title, one)), title), *others] for no, title, *others in read]


def _begins(title: str, other: str) -> bool:
    return min(len(title), len(other)) >= SHORTEST_TITLE and (title.startswith(other) or other.startswith(title))


def counted(tasks: Iterable[list[Any]], rename: Rename) -> Counts:
    """Kind of finding → how often each was found, told apart by the beginning of the task's title."""
    found: Counts = {kind: Counter() for kind in KINDS}
    for _, title, lead, responsible, deadline in tasks:
        head = title[:12]
        found["tasks"][head,] += 1
        found["lead units"].update((head, rename(name)) for name in lead)
        found["responsible units"].update((head, rename(name)) for name in responsible)
        found["deadlines"][head, deadline] += 1
    return found


def layouts() -> list[tuple[str, Known]]:
    return [(path.read_text("utf-8"), known(path.with_suffix(".answer"))) for path in sorted(LAYOUTS.glob("*.txt")) if is_text(path)]


def is_text(path: Path) -> bool:
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:  # one layout is there for its encoding
        return False
    return True


@pytest.mark.parametrize("change", FLOORS)
def test_a_change_that_leaves_the_tasks_leaves_the_reading(change: str) -> None:
    right, asked, found = Counter[str](), Counter[str](), Counter[str]()
    for text, answer in layouts():
        names = [name for task in answer.tasks for name in (*task[2], *task[3])]
        changed, rename = CHANGES[change](text, names)
        expected = counted(answer.tasks, rename)
        tasks = tasks_of(read_plan(changed.encode(), "changed.txt").as_answer())
        read = counted(known_titles(tasks, answer.tasks) if change in LINES_LOST else tasks, lambda name: name)
        for kind in KINDS:
            right[kind] += (expected[kind] & read[kind]).total()
            asked[kind] += expected[kind].total()
            found[kind] += read[kind].total()
    figures = {kind: 2 * right[kind] / (asked[kind] + found[kind]) for kind in KINDS}
    short = {kind: round(figures[kind], 3) for kind, floor in zip(KINDS, FLOORS[change], strict=True) if figures[kind] < floor}
    assert not short, f"{change}: below the floor: {short}"


@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="the real plans (../shared) are not part of this repository")
@pytest.mark.parametrize("change", REAL_FLOORS)
def test_the_same_holds_over_real_plans(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(SHARED / "gold")])
    score = __import__("score_plans")
    total = score.Tally()
    for gold in sorted(path for folder in ("plans", "pages", "run-on") for path in (SHARED / "gold" / folder).glob("*.json")):
        answer = json.loads(gold.read_text("utf-8"))
        text = (SHARED / "plans" / gold.parent.name.replace("plans", "") / f"{gold.stem}.txt").read_text("utf-8")
        names = [name for task in answer["tasks"] for field in ("lead_units", "responsible_units") for name in task.get(field) or []]
        changed, _ = CHANGES[change](text, map(fold, names))
        tally = score.score_document(answer, read_plan(changed.encode(), "changed.txt").as_answer())["tasks"]
        total.hit, total.gold, total.parsed = total.hit + tally.hit, total.gold + tally.gold, total.parsed + tally.parsed
    assert total.f1 >= REAL_FLOORS[change]


# page with one trait → number or None, lead units, responsible units of each task that it holds
CASES: dict[str, list[tuple[str | None, list[str], list[str]]]] = {
    "e1_tongyi": [("（一）", ["区行政审批局"], []), ("（二）", ["区党群工作部"], []), ("（三）", [], ["区民政局"])],
    "e3_dash": [(None, [], [])] * 4,
    "e5_two_tables": [("1", ["各区政府"], ["市卫生健康委"]), ("2", ["各区政府"], ["市卫生健康委", "市人社局"])],
    "e5b_one_table": [("1", ["各区政府"], ["市卫生健康委"]), ("2", ["各区政府"], ["市卫生健康委", "市人社局"])],
    "e6_zhidao": [("1", [], ["国家知识产权局", "中国银保监会"]), ("2", [], ["最高人民法院"])],
    "e6b_zeren": [("1", [], ["国家知识产权局", "中国银保监会"]), ("2", [], ["最高人民法院"])],
    "e8_deng": [("1.", [], ["扶贫办", "发展改革委"]), ("2.", [], ["人社部", "教育部"]), ("3.", [], ["商务部"])],
}


@pytest.mark.skipif(not (SHARED / "cases").is_dir(), reason="the pages with one trait (../shared/cases) are not part of this repository")
@pytest.mark.parametrize("name", CASES)
def test_a_page_with_one_trait_is_read_so(name: str) -> None:
    page = SHARED / "cases" / "plans" / f"{name}.html"
    tasks = read_plan(page.read_bytes(), page.name).as_answer()["tasks"]
    assert [(task["no"], task["lead_units"], task["responsible_units"]) for task in tasks] == CASES[name]
