"""Numbers of items as sites print them: with other signs for the stop, with a star beside them; and what only looks like one."""

from __future__ import annotations

import pytest

from flows.sources.plans import read_plan

TASKS = ("修建村级球场六处", "更新路灯三百盏", "疏浚河道四公里")
UNITS = ("县文旅局", "县城管局", "县水务局")


def read(text: str) -> list[tuple[str | None, list[str]]]:
    tasks = read_plan(text.encode(), "plan.txt").as_answer()["tasks"]
    return [(task["no"], task["lead_units"]) for task in tasks]


@pytest.mark.parametrize("stop", ["。", "*.", "* .", "*、", "*", "·", "．", "*。"])
def test_a_number_is_one_whatever_sign_ends_it(stop: str) -> None:
    items = "\n".join(f"{at}{stop}{task}。(牵头单位:{unit})" for at, (task, unit) in enumerate(zip(TASKS, UNITS, strict=True), start=1))
    assert read(f"2024年民生实事清单\n一、城乡环境\n{items}\n") == [
        (f"{at}{stop.replace(' ', '')}", [unit]) for at, unit in enumerate(UNITS, start=1)
    ]


@pytest.mark.parametrize("stop", ["、", "。", "."])
def test_a_chinese_number_too(stop: str) -> None:
    items = "\n".join(f"{at}{stop}{task}。(牵头单位:{unit})" for at, task, unit in zip("一二三", TASKS, UNITS, strict=True))
    assert read(f"2024年民生实事清单\n{items}\n") == [(f"{at}{stop}", [unit]) for at, unit in zip("一二三", UNITS, strict=True)]


def test_a_count_at_the_head_of_a_wrapped_line_is_no_number() -> None:
    text = "2024年民生实事清单\n一、改造老旧小区十二处,其中城关镇四处、河西镇八处,年内新增车位\n36。(牵头单位:县住建局)\n二、更新路灯。(牵头单位:县城管局)\n"
    assert read(text) == [("一、", ["县住建局"]), ("二、", ["县城管局"])]
