"""A count of nothing says something of a unit only where its records were read: else progress, forecast, coverage and marks are unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flows.reports.overview import overview
from flows.reports.summary import summarize
from flows.workspace.settings import Workspace
from tests.conftest import County

HEAD = "索引号,标题,公开单位,形成日期,公开日期,审核状态,目录事项编号\n"
UNITS = "单位名称\n县财政局\n县审计局\n"
PLAN = """栖川县2026年政务公开工作要点
一、重点任务
（一）公开预算。（责任单位：县财政局；完成时限：2026年6月底）
栖川县人民政府办公室
2026年1月6日
附件：2026年各单位公开信息目标任务
单位 | 目标条数 |
县财政局 | 100 |
县审计局 | 100 |
合计 | 200 |
"""
CATALOGUE = "事项编号,一级事项,二级事项,公开主体,更新周期（天）\nA1,财政信息,预算决算,县财政局,30\nA2,审计信息,审计结果,县审计局,30\n"


def rows(unit: str, count: int, *, review: str = "已审核", matter: str = "", published: str = "2026-03-05", year: int = 2026) -> str:
    return "".join(
        f"{unit}{review}{number}-{year},公告{number},{unit},{year}-03-02,{published},{review},{matter}\n" for number in range(count)
    )


def made(county: Callable[..., County], disclosures: dict[str, bytes], as_of: str = "2026-10-31") -> County:
    files = {"units/u.csv": UNITS.encode(), "plans/p.txt": PLAN.encode(), "catalogue_matters/c.csv": CATALOGUE.encode()}
    return county(files | {f"disclosures/{name}": data for name, data in disclosures.items()}, as_of).built()


def progress(county: County) -> dict[str, tuple[Any, ...]]:
    told = county.ask("select unit_name, disclosed_count, is_behind, progress_reason from core.target_progress")
    return {unit: tuple(rest) for unit, *rest in told}


def coverage(county: County) -> list[tuple[Any, ...]]:
    return county.ask("select coverage_status, coverage_reason from core.catalogue_coverage order by matter_id")


@pytest.mark.parametrize(
    "disclosures",
    [
        {},
        {"empty.csv": b""},
        {"broken.xlsx": b"PK\x03\x04 cut off"},
        {"other.csv": "甲,乙\n1,2\n".encode()},
        {"head.csv": HEAD.encode()},
    ],
    ids=["no_file", "empty", "damaged", "no_known_header", "no_row"],
)
def test_without_a_register_of_disclosures_nothing_is_known(county: Callable[..., County], disclosures: dict[str, bytes]) -> None:
    silent = made(county, disclosures)
    assert progress(silent) == dict.fromkeys(("县财政局", "县审计局"), (None, None, "register_not_read"))
    assert coverage(silent) == [("unknown", "register_not_read")] * 2
    forecasts = "select distinct forecast_count, forecast_high, forecast_reason from core.target_forecast"
    assert silent.ask(forecasts) == [(None, None, "progress_unknown")]
    assert silent.ask("select count(*) from core.measure_rows where measure_id in ('targets_met', 'catalogue_current')") == [(0,)]


def test_a_register_of_another_year_says_nothing_of_this_one(county: Callable[..., County]) -> None:
    earlier = made(county, {"a.csv": (HEAD + rows("县财政局", 3, published="2025-03-05", year=2025)).encode()})
    assert progress(earlier) == dict.fromkeys(("县财政局", "县审计局"), (None, None, "no_records_of_year"))


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04", "甲,乙\n1,2\n".encode()])
def test_a_unit_without_a_record_is_unknown_while_a_file_cannot_be_read(county: Callable[..., County], broken: bytes) -> None:
    good = (HEAD + rows("县财政局", 3, matter="A1")).encode()
    whole = made(county, {"a.csv": good})
    assert progress(whole) == {"县财政局": (3, True, None), "县审计局": (0, True, None)}
    part = made(county, {"a.csv": good, "b.xlsx" if broken.startswith(b"PK") else "b.csv": broken})
    assert progress(part) == {"县财政局": (3, True, None), "县审计局": (None, None, "files_unread")}
    assert coverage(part) == [("stale", None), ("unknown", "files_unread")]


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (rows("县财政局", 60, review="待审核"), (None, None, "records_held")),  # nothing is released yet
        (rows("县财政局", 60, review="待审核") + rows("县财政局", 30), (30, None, "records_held")),  # those held could change the answer
        (rows("县财政局", 20, review="待审核") + rows("县财政局", 30), (30, True, None)),  # behind even with all of them
        (rows("县财政局", 60, published="2026-13-40") + rows("县财政局", 30, review="通过"), (30, None, "records_held")),  # set aside
        (rows("县财证局", 60) + rows("县财政局", 30), (30, None, "records_held")),  # under a name that may be its own
        (rows("", 60) + rows("县财政局", 30), (30, None, "records_held")),  # under no name
        (rows("县财政局", 60, published="") + rows("县财政局", 30, review="通过"), (30, True, None)),  # not published: they do not count
        (rows("县财政局", 90) + rows("县财政局", 30, review="待审核"), (90, False, None)),
    ],
)
def test_records_in_doubt_count_for_the_unit(county: Callable[..., County], held: str, told: tuple[Any, ...]) -> None:
    assert progress(made(county, {"a.csv": (HEAD + held).encode()}))["县财政局"] == told


def test_a_register_that_names_no_matter_leaves_the_catalogue_unknown(county: Callable[..., County]) -> None:
    nameless = made(county, {"a.csv": (HEAD + rows("县财政局", 3) + rows("县审计局", 3)).encode()})
    assert coverage(nameless) == [("unknown", "matter_not_stated")] * 2
    named = made(county, {"a.csv": (HEAD + rows("县财政局", 3) + rows("县审计局", 3, matter="A9")).encode()})
    assert coverage(named) == [("unknown", "matter_not_stated"), ("empty", None)]


def test_a_newer_record_that_is_held_back_keeps_a_matter_from_being_called_stale(county: Callable[..., County]) -> None:
    newer = rows("县财政局", 1, review="待审核", matter="A1", published="2026-10-20")
    held = made(county, {"a.csv": (HEAD + rows("县财政局", 3, matter="A1") + newer).encode()})
    assert coverage(held)[0] == ("unknown", "records_held")


def test_the_summary_says_of_how_many_units_nothing_is_known(county: Callable[..., County]) -> None:
    silent = made(county, {}).placed()
    told = dict(overview(summarize(Workspace.open(silent.root))))["目标 Targets"]
    assert told.endswith("滞后于序时进度 behind 0，不明 unknown 2（没有读取公开信息台账 no register of disclosures was read 2）")
