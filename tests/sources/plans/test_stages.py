"""Stages of a plan and the days on which they begin and end."""

from __future__ import annotations

from datetime import date

import pytest

from flows.sources.plans import read_plan
from flows.sources.plans.stages import read_stages


@pytest.mark.parametrize(
    ("words", "name", "starts_on", "ends_on"),
    [
        ("(一)动员部署阶段(2023年5月)。", "动员部署阶段", date(2023, 5, 1), date(2023, 5, 31)),
        ("(二)组织实施阶段(2023年6月-2023年10月)。", "组织实施阶段", date(2023, 6, 1), date(2023, 10, 31)),
        ("2.全面推进阶段(4月-11月)", "全面推进阶段", date(2024, 4, 1), date(2024, 11, 30)),
        ("集中整治阶段:5月10日至31日。", "集中整治阶段", date(2024, 5, 10), date(2024, 5, 31)),
        ("总结提升阶段(2024年12月-2025年2月)", "总结提升阶段", date(2024, 12, 1), date(2025, 2, 28)),
        ("准备阶段(即日起至3月20日)", "准备阶段", None, date(2024, 3, 20)),
        ("收尾阶段(2024年底)", "收尾阶段", date(2024, 12, 31), date(2024, 12, 31)),
    ],
)
def test_a_stage_begins_and_ends_on_the_days_its_words_say(words: str, name: str, starts_on: date | None, ends_on: date | None) -> None:
    (stage,) = read_stages(words, 2024)
    assert (stage.name, stage.starts_on, stage.ends_on) == (name, starts_on, ends_on)


def test_what_is_no_period_makes_no_stage() -> None:
    assert list(read_stages("现阶段(领导小组办公室)工作正在开展。攻坚阶段,各单位要抓紧。", 2024)) == []


def test_stages_are_kept_with_their_place_and_words() -> None:
    text = "某县2023年政务公开实施方案\n一、工作步骤\n（一）研究部署阶段（2023年5月）。制定方案。\n（二）组织实施阶段（2023年6月—10月）。抓好落实。\n"
    plan = read_plan(text.encode(), "plan.txt")
    rows = plan.as_tables()["plan_stages"].to_pylist()
    assert [(row["stage_name"], row["line"], row["ends_on"]) for row in rows] == [
        ("研究部署阶段", 3, date(2023, 5, 31)),
        ("组织实施阶段", 4, date(2023, 10, 31)),
    ]
    assert all(row["quoted_text"] in text for row in rows)
    assert [stage["period"] for stage in plan.as_answer()["stages"]] == ["2023年5月", "2023年6月-10月"]
