"""Yearly targets beside what was disclosed: the newest plan holds, printed totals are held against their rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.conftest import County

HEAD = "索引号,标题,公开单位,形成日期,公开日期\n"


def plan(issued: str, targets: dict[str, int], total: int) -> bytes:
    rows = "\n".join(f"{unit} | {count} |" for unit, count in [*targets.items(), ("合计", total)])
    tasks = "一、重点任务\n（一）公开预算。（责任单位：县财政局；完成时限：2026年6月底）"
    signed = f"栖川县人民政府办公室\n{issued}"
    table = f"附件：2026年各单位公开信息目标任务\n单位 | 目标条数 |\n{rows}"
    number = f"栖府办发〔2026〕{max(total, 1)}号"  # plans of other totals are other documents
    return f"栖川县2026年政务公开工作要点\n{number}\n{tasks}\n{signed}\n{table}\n".encode()


def disclosed(unit: str, *published: str) -> bytes:
    return (HEAD + "".join(f"{unit}-{day},公告,{unit},2026-01-05,{day}\n" for day in published)).encode()


def test_a_units_progress_is_what_stands_published_in_the_year_by_the_as_of_day(county: Callable[..., County]) -> None:
    published = ("2025-12-30", "2026-01-05", "2026-07-02", "2026-07-03")
    made = county(
        {"plans/a.txt": plan("2026年3月1日", {"县财政局": 10, "县审计局": 5}, 15), "disclosures/a.csv": disclosed("县财政局", *published)},
        as_of="2026-07-02",
    ).built()
    progress = (
        "select unit_name, target_count, disclosed_count, disclosed_share, elapsed_share, is_behind from core.target_progress order by 1"
    )
    assert made.ask(progress) == [
        ("县审计局", 5, 0, 0.0, pytest.approx(183 / 365), True),
        ("县财政局", 10, 2, 0.2, pytest.approx(183 / 365), True),
    ]


def test_of_two_plans_of_a_year_the_newer_ones_target_holds(county: Callable[..., County]) -> None:
    made = county(
        {"plans/b.txt": plan("2026年3月1日", {"县财政局": 10}, 10), "plans/a.txt": plan("2026年5月1日", {"县财政局": 12}, 12)}
    ).built()
    assert made.ask("select issued_on, target_count from core.unit_targets order by 1") == [(date(2026, 3, 1), 10), (date(2026, 5, 1), 12)]
    assert made.ask("select unit_name, target_count from core.target_progress") == [("县财政局", 12)]


def test_of_two_plans_of_one_day_the_choice_is_the_same_each_time(county: Callable[..., County]) -> None:
    files = {f"plans/{number}.txt": plan("2026年3月1日", {"县财政局": number}, number) for number in range(10, 40)}
    made = county(files).built()
    assert made.ask("select target_count from core.target_progress") == [(39,)]


def test_a_printed_total_that_is_not_the_sum_of_its_rows_is_found(county: Callable[..., County]) -> None:
    made = county({"plans/a.txt": plan("2026年3月1日", {"县财政局": 10, "县审计局": 5}, 16)}).built()
    assert made.ask("select total_count, summed_count from core.unit_target_totals") == [(16, 15)]
    assert made.ask("select finding_kind, source_path from core.findings") == [("total_differs", "plans/a.txt")]
