"""Each matter of the catalogue is current, stale, empty or held to no interval, by the catalogue's interval or the national indicators'."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import County

CATALOGUE = """事项编号,一级事项,二级事项,公开主体,更新周期（天）
A1,财政信息,预算决算,县财政局,30
A2,财政信息,补贴发放,县财政局,365
A3,政务动态,要闻,县政府办,
A4,机构信息,领导分工,县政府办,
A5,规划计划,年度计划,县发改局,
"""
DISCLOSED = """索引号,标题,公开单位,形成日期,公开日期,目录事项编号,公开事项,撤回日期
1,预算,县财政局,2026-09-01,2026-09-10,A1,,
2,补贴,县财政局,2026-03-01,2026-03-02,,补贴发放,
3,补贴,县审计局,2026-10-01,2026-10-02,,补贴发放,
4,要闻,县政府办,2026-10-01,2026-10-10,A3,,
5,分工,县政府办,2026-01-05,2026-01-06,A4,,
6,计划,县发改局,2026-02-01,2026-02-02,A5,,2026-05-01
"""


def test_the_interval_of_the_catalogue_holds_else_that_of_the_indicators(county: Callable[..., County]) -> None:
    units = "单位名称\n县财政局\n县审计局\n县政府办\n县发改局\n"
    made = county(
        {
            "catalogue_matters/a.csv": CATALOGUE.encode(),
            "disclosures/a.csv": DISCLOSED.encode(),
            "units/u.csv": units.encode(),
        }
    ).built()
    told = "select matter_id, coverage_status, disclosed_count, interval_days from core.catalogue_coverage order by 1"
    assert made.ask(told) == [
        ("A1", "stale", 1, 30),
        ("A2", "current", 1, 365),  # another unit's disclosure of the same name is not its own
        ("A3", "stale", 1, 14),
        ("A4", "unscheduled", 1, None),
        ("A5", "empty", 0, 365),  # what was withdrawn does not stand
    ]
