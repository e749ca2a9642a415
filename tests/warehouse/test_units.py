"""How the printed names of units are brought together, and which are left alone."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from flows.warehouse.models import SQL
from tests.conftest import County, a_county

COUNTY = "^(澜泽市)?(栖川县)?"


@pytest.fixture(scope="module")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute((SQL / "macros.sql").read_text("utf-8"))
        yield connection


def value(macros: duckdb.DuckDBPyConnection, call: str, *arguments: str | None) -> object:
    ((found,),) = macros.execute(f"select {call}", list(arguments)).fetchall()
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("县财政局", "财政局"),
        ("栖川县财政局", "县财政局"),
        ("澜泽市栖川县财政局", "财政局"),
        ("县 财 政 局", "县财政局"),
        ("县发改局（县粮食局）", "县发改局"),
        ("县委宣传部", "宣传部"),
        ("县人民政府办公室", "县政府办公室"),
        ("栖川县市场监管局", "市场监管局"),
    ],
)
def test_names_of_one_unit_have_one_key(macros: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    assert value(macros, "unit_key($1, $2)", one, COUNTY) == value(macros, "unit_key($1, $2)", other, COUNTY)


@pytest.mark.parametrize(
    ("one", "other"),
    [("县财政局", "县审计局"), ("市场监管局", "场监管局"), ("县财证局", "县财政局"), ("城东镇", "城西镇"), ("县委办公室", "县政府办公室")],
)
def test_names_of_two_units_have_two_keys(macros: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    assert value(macros, "unit_key($1, $2)", one, COUNTY) != value(macros, "unit_key($1, $2)", other, COUNTY)


@pytest.mark.parametrize(
    ("name", "is_collective"),
    [
        ("各镇（街道）", True),
        ("县级各相关部门", True),
        ("区直有关部门", True),
        ("成员单位", True),
        ("各镇人民政府", True),
        ("街道办事处", True),
        ("城东街道办事处", False),
        ("县财政局", False),
        ("荻坪镇人民政府", False),
        ("县机关事务管理中心", False),
    ],
)
def test_a_name_that_stands_for_many_is_told_from_a_units_own(macros: duckdb.DuckDBPyConnection, name: str, is_collective: bool) -> None:
    assert value(macros, "is_collective_name($1)", name) is is_collective


@pytest.mark.parametrize(
    ("written", "day"),
    [
        *((form, "2026-03-05") for form in ("2026-03-05", "2026-3-5", "2026/3/5", "2026.03.05", "2026年3月5日", "20260305")),
        *((form, "2026-03-05") for form in ("2026-03-05 00:00:00", "2026-03-05T08:30:00+08:00", "2026/3/5 9:30", "2026年03月05日 上午")),
        *((form, None) for form in ("2026-02-30", "2026年13月5日", "2026-03", "待定", "", "epoch", "infinity")),
        *((form, None) for form in ("26-3-5", "26-03-05", "5/3/2026", "6-11-5")),
    ],
)
def test_dates_are_read_as_clerks_write_them_and_never_guessed(macros: duckdb.DuckDBPyConnection, written: str, day: str | None) -> None:
    assert value(macros, "cast(parse_date($1) as varchar)", written) == day


@pytest.mark.parametrize("time", ["16:00", "16:00:00", "16:00:00.000"])
@pytest.mark.parametrize(
    "zone", ["Z", "z", " Z", " UTC", " utc", " GMT", "+00:00", "+0000", " +0000", " +0000 UTC", " (UTC)", " GMT+0", "+00:00[UTC]", " UT"]
)
def test_a_moment_in_universal_time_is_the_day_after_in_china(macros: duckdb.DuckDBPyConnection, time: str, zone: str) -> None:
    for day in ("2026-03-04T", "2026-03-04 ", "2026/3/4 ", "2026年3月4日 "):
        assert value(macros, "cast(parse_date($1) as varchar)", f"{day}{time}{zone}") == "2026-03-05", f"{day}{time}{zone}"


@pytest.mark.parametrize(
    "zone",
    [
        "+0800",
        " +0800",
        "+08",
        " +08:00",
        " +8",
        " GMT+8",
        " GMT+08:00",
        " UTC+8",
        " (UTC+8)",
        " (GMT+08:00)",
        " CST",
        " +0800 CST",
        " 北京时间",
    ],
)
def test_a_moment_in_the_time_of_china_is_its_own_day(macros: duckdb.DuckDBPyConnection, zone: str) -> None:
    for written in (f"2026-03-05T00:30:00{zone}", f"2026-03-05 23:59{zone}", f"2026/3/5 0:00:00{zone}"):
        assert value(macros, "cast(parse_date($1) as varchar)", written) == "2026-03-05", written


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Wed Mar 04 2026 16:00:00 GMT+0000 (Coordinated Universal Time)", "2026-03-05"),
        ("Thu Mar 05 2026 00:00:00 GMT+0800 (中国标准时间)", "2026-03-05"),
        ("Wed, 04 Mar 2026 16:00:00 GMT", "2026-03-05"),
        ("Thu, 5 Mar 2026 09:00:00 +0800", "2026-03-05"),
        ("Thu Mar 05 00:00:00 CST 2026", "2026-03-05"),
        ("Wed Mar  4 16:00:00 UTC 2026", "2026-03-05"),
        ("20260304T160000Z", "2026-03-05"),
        ("20260304T16:00:00Z", "2026-03-05"),
        ("20260305T000000+0800", "2026-03-05"),
        ("2026-03-04T11:00:00-05:00", "2026-03-05"),
        ("2026-03-04 11:00:00 -0500", "2026-03-05"),
        ("20260305 08:30:00", "2026-03-05"),
        # no zone that is known, no day, no time
        ("2026-03-04 16:00:00 EST", None),
        ("2026-03-04 16:00:00 PDT", None),
        ("20260304 16:00:00 EST", None),
        ("2026-02-30 16:00:00 UTC", None),
        ("2026-03-04 25:00:00 UTC", None),
        ("2026-03-04 16:00:00 +9900", None),
        ("Wed Foo 04 2026 16:00:00 GMT+0000", None),
        ("2026-03-04 UTC", None),
        ("UTC", None),
    ],
)
def test_a_moment_as_programs_print_it_is_its_day_in_china(macros: duckdb.DuckDBPyConnection, written: str, day: str | None) -> None:
    assert value(macros, "cast(parse_date($1) as varchar)", written) == day


@pytest.mark.parametrize(
    ("written", "count"),
    [("30人", 30), ("30人次", 30), ("共30人", 30), ("12 件", 12), ("第30号", None), ("30万人", None), ("约30人", None)],
)
def test_a_count_is_read_with_its_unit(macros: duckdb.DuckDBPyConnection, written: str, count: int | None) -> None:
    assert value(macros, "parse_count($1)", written) == count


@pytest.mark.parametrize(
    ("written", "amount"),
    [("12元", 12.0), ("12.5万元", 125000.0), ("12万", 120000.0), ("￥1,200.50", 1200.5), ("12亿元", None), ("12箱", None)],
)
def test_an_amount_is_read_with_its_unit(macros: duckdb.DuckDBPyConnection, written: str, amount: float | None) -> None:
    assert value(macros, "parse_amount($1)", written) == amount


UNITS = "单位名称,简称,曾用名\n栖川县财政局,县财政局,\n栖川县自然资源局,县资规局,栖川县国土资源局\n栖川县审计局,,\n"
PRINTED = {
    "栖川县财政局": "栖川县财政局",
    "财政局": "栖川县财政局",
    "县资规局": "栖川县自然资源局",
    "国土资源局": "栖川县自然资源局",
    "县财证局": None,
    "各镇": None,
}


def _plan(title: str, *tasks: str) -> bytes:
    return "\n".join([title, "一、重点任务", *tasks, "栖川县人民政府办公室", "2026年3月1日"]).encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    rows = "".join(f"N-{number},公告,{name},2026-03-02,2026-03-05\n" for number, name in enumerate(PRINTED))
    files = {
        "units/units.csv": UNITS.encode(),
        "disclosures/a.csv": f"索引号,标题,公开单位,形成日期,公开日期\n{rows}".encode(),
        "plans/a.txt": _plan(
            "栖川县2026年政务公开工作要点", "（一）公开预算。（责任单位：财政局）", "（二）公开审计。（责任单位：审计局）"
        ),
        "plans/b.txt": _plan("栖川县2026年督查方案", "（一）公开整改。（责任单位：财政局审计局、水务局林业局）"),
        "plans/city.txt": "丽水市2026年政务公开工作要点\n一、公开目录（责任单位：各县（市、区）政府办公室）\n二、公开村务（责任单位：市级有关单位、各区县）\n".encode(),
    }
    return a_county(tmp_path_factory.mktemp("units"), files).built()


def test_units_come_from_lists_and_other_names_are_matched_to_them(made: County) -> None:
    listed = {name for (name,) in made.ask("select unit_name from core.units where region_scope = '990101'")}
    assert listed == {"栖川县自然资源局", "栖川县财政局", "栖川县审计局"}
    assert dict(made.ask("select printed_unit_name, unit_name from core.disclosures")) == PRINTED


def test_names_that_run_together_are_resolved_through_known_units_and_stay_for_review(made: County) -> None:
    named = "select position, printed_unit_name, unit_name, match_rule from core.task_units natural join core.plan_documents where source_path = 'plans/b.txt' order by 1"
    assert made.ask(named) == [
        (1, "财政局", "栖川县财政局", "run_together"),
        (2, "审计局", "栖川县审计局", "run_together"),
        (3, "水务局林业局", None, "unmatched"),
    ]
    of_plans = "region_scope = '990101' and alias_name not in (select printed_unit_name from core.disclosures)"
    reviews = made.ask(f"select alias_name from core.unit_reviews where {of_plans} order by 1")
    assert reviews == [("水务局林业局",), ("财政局审计局",)]


def test_a_citys_each_county_is_the_office_of_each_of_its_counties(made: County) -> None:
    members = "select unit_name from core.collective_members where printed_unit_name = $1 and member_rule = 'division_table' order by 1"
    offices = [name for (name,) in made.ask(members.replace("$1", "'各县（市、区）政府办公室'"))]
    assert len(offices) == 9
    assert {"莲都区人民政府办公室", "龙泉市人民政府办公室"} <= set(offices)
    assert len(made.ask(members.replace("$1", "'各区县'"))) == 9
    assert made.ask(members.replace("$1", "'市级有关单位'")) == []
