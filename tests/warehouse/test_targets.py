"""Yearly targets beside what was disclosed: the newest plan holds, printed totals are held against their rows."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import County, a_county

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


PUBLISHED = ("2025-12-30", "2026-01-05", "2026-07-02", "2026-07-03")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Each case with units and totals of its own, as of 2 July 2026."""
    one_day = {f"plans/of-one-day-{number}.txt": plan("2026年3月1日", {"县民政局": number}, number) for number in range(30, 60)}
    files = {
        "disclosures/a.csv": disclosed("县财政局", *PUBLISHED),
        "plans/progress.txt": plan("2026年3月1日", {"县财政局": 10, "县审计局": 5}, 15),
        "plans/newer-b.txt": plan("2026年3月1日", {"县教育局": 10}, 10),
        "plans/newer-a.txt": plan("2026年5月1日", {"县教育局": 12}, 12),
        "plans/total.txt": plan("2026年3月1日", {"县司法局": 10, "县水利局": 5}, 16),
    }
    return a_county(tmp_path_factory.mktemp("targets"), files | one_day, as_of="2026-07-02").built()


def test_a_units_progress_is_what_stands_published_in_the_year_by_the_as_of_day(made: County) -> None:
    progress = (
        "select unit_name, target_count, disclosed_count, disclosed_share, elapsed_share, is_behind from core.target_progress "
        "where unit_name in ('县财政局', '县审计局') order by 1"
    )
    assert made.ask(progress) == [
        ("县审计局", 5, 0, 0.0, pytest.approx(183 / 365), True),
        ("县财政局", 10, 2, 0.2, pytest.approx(183 / 365), True),
    ]


def test_of_two_plans_of_a_year_the_newer_ones_target_holds(made: County) -> None:
    targets = made.ask("select issued_on, target_count from core.unit_targets where unit_name = '县教育局' order by 1")
    assert targets == [(date(2026, 3, 1), 10), (date(2026, 5, 1), 12)]
    assert made.ask("select target_count from core.target_progress where unit_name = '县教育局'") == [(12,)]


def test_of_two_plans_of_one_day_the_choice_is_the_same_each_time(made: County) -> None:
    assert made.ask("select target_count from core.target_progress where unit_name = '县民政局'") == [(59,)]


def test_a_printed_total_that_is_not_the_sum_of_its_rows_is_found(made: County) -> None:
    totals = "select total_count, summed_count, source_path from core.unit_target_totals inner join core.plan_documents using (document_id)"
    assert made.ask(f"{totals} where total_count <> summed_count") == [(16, 15, "plans/total.txt")]
    assert made.ask("select count(*) from core.unit_target_totals") == [(34,)]
    assert made.ask("select finding_kind, source_path from core.findings where finding_kind like 'total%'") == [
        ("total_differs", "plans/total.txt")
    ]
    assert made.ask("select finding_kind from core.findings where source_path = 'plans/total.txt'") == [("total_differs",)]
