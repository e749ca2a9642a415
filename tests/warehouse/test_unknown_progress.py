"""A count of nothing says something of a unit only where its records were read: else progress, forecast, coverage and marks are unknown.

Cases share a county wherever one does not change what is known of another: each has its own unit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import pytest

from flows.reports.overview import overview
from flows.reports.summary import summarize
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county

HEAD = "索引号,标题,公开单位,形成日期,公开日期,审核状态,目录事项编号\n"
PLAN = """栖川县{year}年政务公开工作要点
一、重点任务
（一）公开预算。（责任单位：县财政局；完成时限：{year}年6月底）
栖川县人民政府办公室
{year}年1月6日
附件：{year}年各单位公开信息目标任务
单位 | 目标条数 |
{targets}合计 | {total} |
"""
TWO = ("县财政局", "县审计局")


def rows(unit: str, count: int, *, review: str = "已审核", matter: str = "", published: str = "2026-03-05", year: int = 2026) -> str:
    return "".join(
        f"{unit}{review}{number}-{year},公告{number},{unit},{year}-03-02,{published},{review},{matter}\n" for number in range(count)
    )


def of_2025(unit: str, count: int) -> str:
    return rows(unit, count, published="2025-03-05", year=2025)


def plan(year: int, units: Collection[str]) -> bytes:
    """A plan that sets each unit a target of 100."""
    targets = "".join(f"{unit} | 100 |\n" for unit in units)
    return PLAN.format(year=year, targets=targets, total=100 * len(units)).encode()


def made(
    make: Callable[..., County], disclosures: Mapping[str, bytes], units: Collection[str] = TWO, years: Collection[int] = (2026,)
) -> County:
    """A county built of these registers: each unit has a target of each year, and a matter of the catalogue, to be updated every 30 days."""
    matters = "".join(f"{unit}的事项,政务信息,{unit}的情况,{unit},30\n" for unit in units)
    files = {
        "units/u.csv": "\n".join(["单位名称", *units, ""]).encode(),
        "catalogue_matters/c.csv": f"事项编号,一级事项,二级事项,公开主体,更新周期（天）\n{matters}".encode(),
    }
    files |= {f"plans/{year}.txt": plan(year, units) for year in years}
    return make(files | {f"disclosures/{name}": data for name, data in disclosures.items()}).built()


def progress(county: County, year: int = 2026) -> dict[str, tuple[Any, ...]]:
    found = county.ask(f"select unit_name, disclosed_count, is_behind, progress_reason from core.target_progress where plan_year = {year}")
    return {unit: tuple(rest) for unit, *rest in found}


def coverage(county: County) -> dict[str, tuple[Any, ...]]:
    found = county.ask("select unit_name, coverage_status, coverage_reason from core.catalogue_coverage")
    return {unit: tuple(rest) for unit, *rest in found}


EMPTY = {"empty.csv": b"", "broken.xlsx": b"PK\x03\x04 cut off", "other.csv": "甲,乙\n1,2\n".encode()}
SILENT = EMPTY | {"head.csv": HEAD.encode()}


def require_nothing_known(silent: County) -> None:
    assert progress(silent) == dict.fromkeys(TWO, (None, None, "register_not_read"))
    assert coverage(silent) == dict.fromkeys(TWO, ("unknown", "register_not_read"))
    forecasts = "select distinct forecast_count, forecast_high, forecast_reason from core.target_forecast"
    assert silent.ask(forecasts) == [(None, None, "progress_unknown")]
    assert silent.ask("select count(*) from core.measure_rows where measure_id in ('targets_met', 'catalogue_current')") == [(0,)]


def test_without_a_file_of_the_register_nothing_is_known_and_the_summary_says_of_how_many_units(county: Callable[..., County]) -> None:
    silent = made(county, {})
    require_nothing_known(silent)
    overall = dict(overview(summarize(Workspace.open(silent.placed().root))))["目标 Targets"]
    assert overall.endswith("滞后于序时进度 behind 0，不明 unknown 2（没有读取公开信息台账 no register of disclosures was read 2）")


def test_files_of_which_none_gives_a_row_leave_everything_unknown(county: Callable[..., County]) -> None:
    require_nothing_known(made(county, SILENT))


@pytest.mark.rest
@pytest.mark.parametrize("name", SILENT)
def test_each_file_that_gives_no_row_leaves_everything_unknown(county: Callable[..., County], name: str) -> None:
    require_nothing_known(made(county, {name: SILENT[name]}))


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Records of 2025 only, none of which names a matter, and some of them no unit."""
    text = HEAD + of_2025("", 80) + of_2025("县财政局", 30) + of_2025("县审计局", 3)
    return made(partial(a_county, tmp_path_factory.mktemp("earlier")), {"a.csv": text.encode()}, years=(2025, 2026))


def test_a_register_of_another_year_says_nothing_of_this_one(earlier: County) -> None:
    assert progress(earlier) == dict.fromkeys(TWO, (None, None, "no_records_of_year"))


def test_records_under_no_name_may_be_any_units(earlier: County) -> None:
    assert progress(earlier, 2025) == {"县财政局": (30, None, "records_held"), "县审计局": (3, True, None)}


def test_a_register_that_names_no_matter_leaves_the_catalogue_unknown(earlier: County) -> None:
    assert coverage(earlier) == dict.fromkeys(TWO, ("unknown", "matter_not_stated"))


GOOD = {"a.csv": (HEAD + rows("县财政局", 3, matter="县财政局的事项")).encode()}


def require_unit_without_record_unknown(part: County) -> None:
    assert progress(part) == {"县财政局": (3, True, None), "县审计局": (None, None, "files_unread")}
    assert coverage(part) == {"县财政局": ("stale", None), "县审计局": ("unknown", "files_unread")}


def test_a_unit_without_a_record_is_unknown_while_files_cannot_be_read(county: Callable[..., County]) -> None:
    part = made(county, GOOD | EMPTY)
    require_unit_without_record_unknown(part)
    unread = part.ask("select source_path, is_unread from staging.unread_files")
    assert dict(unread) == {f"disclosures/{name}": True for name in EMPTY}


@pytest.mark.rest
@pytest.mark.parametrize("name", EMPTY)
def test_a_unit_without_a_record_is_unknown_while_one_file_cannot_be_read(county: Callable[..., County], name: str) -> None:
    require_unit_without_record_unknown(made(county, GOOD | {name: EMPTY[name]}))


# the records of each unit -> what is known of it
IN_DOUBT: dict[str, tuple[str, tuple[Any, ...]]] = {
    "县教育局": (rows("县教育局", 60, review="待审核"), (None, None, "records_held")),  # nothing is released yet
    "县民政局": (
        rows("县民政局", 60, review="待审核") + rows("县民政局", 30),
        (30, None, "records_held"),
    ),  # those held could change the answer
    "县司法局": (rows("县司法局", 20, review="待审核") + rows("县司法局", 30), (30, True, None)),  # behind even with all of them
    "县水利局": (
        rows("县水利局", 60, published="2026-13-40") + rows("县水利局", 30, review="通过"),
        (30, None, "records_held"),
    ),  # in quarantine
    "县财政局": (rows("县财证局", 60) + rows("县财政局", 30), (30, None, "records_held")),  # under a name that may be its own
    "县统计局": (
        rows("县统计局", 60, published="") + rows("县统计局", 30, review="通过"),
        (30, True, None),
    ),  # not published: they do not count
    "县信访局": (rows("县信访局", 90) + rows("县信访局", 30, review="待审核"), (90, False, None)),
    "县审计局": ("", (0, True, None)),  # the whole register was read, and none is its own
}
MATTERS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "县体育局": (rows("县体育局", 3, matter="县体育局的事项"), ("stale", None)),
    "县林业局": (  # a newer one is held back
        rows("县林业局", 3, matter="县林业局的事项")
        + rows("县林业局", 1, review="待审核", matter="县林业局的事项", published="2026-10-20"),
        ("unknown", "records_held"),
    ),
    "县档案局": (rows("县档案局", 3), ("unknown", "matter_not_stated")),  # others of the register name theirs
    "县医保局": (rows("县医保局", 3, matter="另一事项"), ("empty", None)),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A register that was read whole, of all units of `IN_DOUBT` and `MATTERS`."""
    cases = IN_DOUBT | MATTERS
    text = HEAD + "".join(records for records, _ in cases.values())
    return made(partial(a_county, tmp_path_factory.mktemp("whole")), {"a.csv": text.encode()}, cases)


@pytest.mark.parametrize("unit", IN_DOUBT)
def test_records_in_doubt_count_for_the_unit(whole: County, unit: str) -> None:
    assert progress(whole)[unit] == IN_DOUBT[unit][1]


@pytest.mark.parametrize("unit", MATTERS)
def test_a_matter_is_stale_or_empty_only_where_its_units_records_name_matters_and_none_is_held_back(whole: County, unit: str) -> None:
    assert coverage(whole)[unit] == MATTERS[unit][1]
