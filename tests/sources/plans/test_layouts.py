"""Every layout that real plans were seen in, in our own words, with the answer a clerk would give."""

from __future__ import annotations

import pytest

from flows.sources.plans import read_plan
from tests.sources.plans.answers import LAYOUTS, fold, known, tasks_of

NAMES = sorted(path.stem for path in LAYOUTS.glob("*.txt"))


@pytest.mark.parametrize("name", NAMES)
def test_a_clerk_would_read_it_so(name: str) -> None:
    expected = known(LAYOUTS / f"{name}.answer")
    answer = read_plan((LAYOUTS / f"{name}.txt").read_bytes(), f"{name}.txt").as_answer()
    assert tasks_of(answer) == expected.tasks
    assert {key: fold(answer["document"][key]) for key in expected.facts} == expected.facts
    assert {target["unit"]: str(target["target"]) for target in answer.get("unit_targets", [])} == expected.targets
    if expected.units is not None:
        assert answer.get("unit_list") == expected.units


def test_every_layout_has_its_answer() -> None:
    assert sorted(path.stem for path in LAYOUTS.glob("*.answer")) == NAMES
    assert len(NAMES) > 30


@pytest.mark.parametrize("name", NAMES)
def test_each_quote_stands_at_its_place_to_the_character(name: str) -> None:
    plan = read_plan((LAYOUTS / f"{name}.txt").read_bytes(), f"{name}.txt")
    text, lines = plan.content.source.text, plan.content.source.lines
    for task in plan.as_answer()["tasks"]:
        assert text[task["char_start"] : task["char_end"]] == task["quote"] != ""
        first, last = lines[task["line_start"] - 1], lines[task["line_end"] - 1]
        assert first.offset <= task["char_start"] < task["char_end"] <= last.offset + len(last.text)
