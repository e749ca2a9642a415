"""A list that is shown in part says how many it does not show."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from flows.cli.rendering import MAX_FILES, _print_overdue, print_forgettable
from flows.orchestration.artifacts import MAX_ROWS, _shown
from flows.reports.summary import Summary
from flows.sources.forget import Forgettable
from flows.workspace.cut_lists import first_of


def printed(show: Any, *facts: Any) -> str:
    console = Console(file=io.StringIO(), width=100)
    show(console, *facts)
    return cast("io.StringIO", console.file).getvalue()


@pytest.mark.parametrize(
    ("count", "last"), [(0, None), (2, "b1"), (3, "b2"), (4, "另有 1 项 and 1 more"), (1_003, "另有 1,000 项 and 1,000 more")]
)
def test_the_first_of_a_list_and_how_many_more(count: int, last: str | None) -> None:
    shown = first_of([f"b{number}" for number in range(count)], 3)
    assert shown[:3] == [f"b{number}" for number in range(min(count, 3))]
    assert (shown[-1] if shown else None) == last


def test_a_table_of_prefect_ends_with_the_number_of_rows_left_out() -> None:
    rows = [{"来源 Source": f"units/{number}.csv", "状态 State": "读取 read"} for number in range(MAX_ROWS + 17)]
    assert _shown(rows[:MAX_ROWS]) == rows[:MAX_ROWS]
    assert _shown(rows)[-1] == {"来源 Source": "另有 17 项 and 17 more"}
    assert _shown([]) == []


def test_tasks_on_the_terminal_are_whole_and_their_rest_is_counted() -> None:
    title = "推动各乡镇人民政府和县级部门在年底前全部建成政务公开标准化专区并规范运行"
    overdue = tuple((date(2026, 3, 31), str(number), title, "某政办发〔2026〕1号") for number in range(5))
    behind = (("县气象局", 1, 100, 0.02),)
    summary = SimpleNamespace(overdue=overdue, behind=behind, counts={"tasks_overdue": 22, "units_behind": 1})
    shown = printed(_print_overdue, cast("Summary", summary))
    assert "…" not in shown
    assert "规范运行" in "".join(sign for sign in shown if sign not in "│ \n")
    assert shown.count("另有") == 1
    assert "另有 17 项 and 17 more: gongkai audit tasks_overdue" in shown


def test_files_to_forget_are_counted_beyond_those_named() -> None:
    file = Forgettable("units/a.csv", "units", 3)
    shown = printed(print_forgettable, [replace(file, path=f"units/{number}.csv") for number in range(MAX_FILES + 17)])
    assert "另有 17 项 and 17 more" in shown
    assert f"in all {MAX_FILES + 17} files, {3 * (MAX_FILES + 17)} rows" in shown
