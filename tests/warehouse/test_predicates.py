"""Whether a record is proactive, stands, starts a term or is released is said once, in a column of core.disclosures, and every count agrees."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from flows.warehouse.models import SQL
from tests.conftest import County, a_county

ATTRIBUTES = re.compile(r"主动公开|依申请公开|不予公开")
LITERAL = re.compile(r"'((?:[^']|'')*)'")
SQL_FILES = sorted(path for path in SQL.rglob("*.sql"))


@pytest.mark.parametrize("path", SQL_FILES, ids=[f"{path.parent.name}/{path.stem}" for path in SQL_FILES])
def test_no_query_asks_for_the_words_of_an_attribute(path: Path) -> None:
    """A message may bear the words; a text that is nothing but such a word is a condition."""
    code = "\n".join(line.partition("--")[0] for line in path.read_text("utf-8").splitlines())
    compared = [text for text in LITERAL.findall(code) if ATTRIBUTES.search(text) and not ATTRIBUTES.sub("", text).strip("^$|()%、, ")]
    assert compared == [], "use is_proactive, is_on_request, is_withheld, is_released of core.disclosures"


def test_the_test_above_would_see_such_a_word() -> None:
    for text in ("主动公开", "^(依申请公开|不予公开)$", "%不予公开%"):
        assert not ATTRIBUTES.sub("", text).strip("^$|()%、, ")
    assert ATTRIBUTES.sub("", "不予公开未注明理由").strip("^$|()%、, ")


def disclosures(drawn: random.Random, count: int) -> str:
    """Rows that differ in all that a count may hang on; the second half of the year has not come yet."""
    rows = ["索引号,标题,公开单位,形成日期,公开日期,撤回日期,公开属性,审核状态,目录事项编号"]
    for number in range(count):
        unit = drawn.choice(("县财政局", "县审计局", "县民政局"))
        year, month = drawn.choice((2025, 2026, 2026, 2026)), drawn.randint(1, 12)
        published = drawn.choice((f"{year}-{month:02}-15", f"{year}-{month:02}-15", ""))
        withdrawn = drawn.choice(("", "", "", f"{year}-{month:02}-20", "2026-12-01")) if published else ""
        attribute = drawn.choice(("主动公开", "主动公开", "主动公开", "依申请公开", "不予公开"))
        review = drawn.choice(("已审核", "已审核", "待审核", "退回"))
        matter = {"县财政局": "A1", "县审计局": "A2", "县民政局": "A3"}[unit]
        rows.append(f"{number},公告{number},{unit},{year}-{month:02}-01,{published},{withdrawn},{attribute},{review},{matter}")
    return "\n".join(rows) + "\n"


TARGETS = """栖川县2026年政务公开工作要点
一、重点任务
（一）公开预算。（责任单位：县财政局；完成时限：2026年6月底）
栖川县人民政府办公室
2026年1月6日
附件：2026年各单位公开信息目标任务
单位 | 目标条数 |
县财政局 | 40 |
县审计局 | 40 |
县民政局 | 40 |
县司法局 | 40 |
合计 | 160 |
"""
CATALOGUE = "事项编号,一级事项,二级事项,公开主体,更新周期（天）\nA1,财政,预算,县财政局,30\nA2,审计,结果,县审计局,30\nA3,民政,救助,县民政局,30\nA4,司法,公证,县司法局,30\n"


# attribute, review, published, withdrawn -> is_proactive, is_standing, is_released, starts_term
PREDICATES = [
    (("主动公开", "已审核", "2026-03-05", ""), (True, True, True, True)),
    (("主动公开", "待审核", "2026-03-05", ""), (True, True, False, True)),
    (("主动公开", "已审核", "", ""), (True, False, False, True)),
    (("主动公开", "已审核", "", "2026-03-06"), (True, False, False, False)),
    (("主动公开", "已审核", "2026-03-05", "2026-04-01"), (True, False, False, True)),
    (("主动公开", "已审核", "2026-12-05", ""), (True, False, False, True)),
    (("依申请公开", "已审核", "2026-03-05", ""), (False, True, False, False)),
    (("不予公开", "已审核", "2026-03-05", ""), (False, True, False, False)),
]


def counted(make: Callable[..., County], seed: int, as_of: str) -> County:
    """A county of drawn records, and of one unit with a record for each line of `PREDICATES`."""
    lines = [f"P{number},公告{number},县司法局,2026-03-02,{','.join(cells)},A4\n" for number, (cells, _) in enumerate(PREDICATES)]
    files = {
        "units/u.csv": "单位名称\n县财政局\n县审计局\n县民政局\n县司法局\n",
        "plans/p.txt": TARGETS,
        "catalogue_matters/c.csv": CATALOGUE,
        "disclosures/d.csv": disclosures(random.Random(seed), 400),
        "disclosures/p.csv": "索引号,标题,公开单位,形成日期,公开属性,审核状态,公开日期,撤回日期,目录事项编号\n" + "".join(lines),
    }
    return make({path: text.encode() for path, text in files.items()}, as_of).built()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    return counted(partial(a_county, tmp_path_factory.mktemp("counted")), 2, "2026-10-31")


def require_one_count(made: County) -> None:
    released = dict(made.ask("select unit_id, count(*) from marts.disclosures where year(published_on) = 2026 group by 1"))
    assert dict(made.ask("select unit_id, disclosed_count from core.disclosure_counts where plan_year = 2026")) == released
    progress = dict(made.ask("select unit_id, disclosed_count from core.target_progress"))
    assert progress == released
    everything = dict(made.ask("select unit_id, count(*) from marts.disclosures group by 1"))
    assert dict(made.ask("select unit_id, sum(disclosed_count) from core.catalogue_coverage group by 1")) == everything
    posted = made.ask("select unit_id, disclosed_count, forecast_count, forecast_low, forecast_reason from core.target_forecast")
    for unit, count, forecast, low, reason in posted:
        assert count == released[unit]
        assert reason == "progress_unknown" or low >= count
        assert reason != "year_over" or forecast == count


def test_progress_forecast_coverage_and_release_count_the_same_rows(made: County) -> None:
    require_one_count(made)


def test_the_same_rows_are_counted_when_the_year_is_over(county: Callable[..., County]) -> None:
    require_one_count(counted(county, 3, "2027-01-15"))


@pytest.mark.rest
def test_the_same_rows_are_counted_in_the_middle_of_the_year(county: Callable[..., County]) -> None:
    require_one_count(counted(county, 1, "2026-07-31"))


def test_the_columns_are_read_by_no_name_but_their_own(made: County) -> None:
    """Whatever the register says, one row each: what it is, and that nothing unknown is released."""
    columns = "is_proactive, is_standing, is_released, starts_term"
    found = made.ask(f"select {columns} from core.disclosures where source_path = 'disclosures/p.csv' order by disclosure_id")
    assert found == [expected for _, expected in PREDICATES]
