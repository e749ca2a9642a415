"""Did a source keep its shape? A register replaced by one of another form is reported, and processing goes on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from exports.catalog import load_catalog
from flows.quality.checks import EXPECTATIONS, run_suites
from flows.quality.suites import load_suites
from tests.conftest import County, gongkai

HEAD = ["索引号", "标题", "公开单位", "形成日期", "公开日期", "文号"]
ROWS = [[f"甲-{n}", f"公告第{n}号", "县财政局", "2026-03-02", "2026-03-05", f"〔2026〕{n}号"] for n in range(40)]


def register(head: list[str], rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode(encoding)


def broken(made: County) -> set[str]:
    """The rules of the raw gate that the rebuilt county does not meet."""
    made.placed()
    raw = [suite for suite in load_suites(load_catalog(), EXPECTATIONS) if suite.gate == "raw"]
    results = run_suites(made.root / "warehouse.duckdb", raw, lambda _: ())
    return {result.rule_name.split(" (")[0] for result in results if not result.is_met}


def test_a_register_replaced_by_one_of_another_shape_is_reported(county: Callable[..., County]) -> None:
    made = county({"disclosures/a.csv": register(HEAD, ROWS), "disclosures/b.csv": register(HEAD, [["乙-1", *ROWS[0][1:]]])})
    assert broken(made) == set()

    slipped = [
        [index, title, unit, made_on, "已发布" if n % 5 else on, number] for n, (index, title, unit, made_on, on, number) in enumerate(ROWS)
    ]
    made = county({"disclosures/a.csv": register(HEAD, slipped)})
    assert broken(made) == {"日期和数字的可识读比例下降不超过 5 个百分点"}

    short = [row[:5] for row in ROWS[:15]]
    made = county({"disclosures/a.csv": register(["索引", *HEAD[1:5]], short, "gb18030")})
    expected = {"更新后的来源没有丢失列", "更新后的来源编码不变", "更新后的来源行数不少于之前的一半"}
    assert broken(made) == expected
    assert gongkai("check", "--again", "-w", made.root).exit_code == 0  # warnings hold nothing back
    on_record = made.ask("select rule_name from checks.results where gate_name = 'raw' and not is_met")
    assert {name.split(" (")[0] for (name,) in on_record} == expected
    ((lost, now, before),) = made.ask("select lost_headers, row_count, previous_row_count from raw.source_changes")
    assert (lost, now, before) == (["document_number"], 15, 40)

    made = county({"disclosures/a.csv": register([*HEAD, "点击量"], [[*row[:5], "", "7"] for row in ROWS * 2])})
    assert broken(made) == {"更新后的来源没有新增列", "更新后的来源编码不变"}

    made = county({"disclosures/a.csv": register(HEAD, ROWS)})
    broken(made)
    made = county({"disclosures/a.csv": register(HEAD, [[*row[:5], ""] for row in ROWS])})
    assert broken(made) == {"原有内容的列没有变空"}
