"""What words of time mean: each form with its date, its kind and the rule behind it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.plans import read_plan
from flows.sources.plans.deadlines import Deadline, read_deadline, recurrence, relative_rule
from flows.sources.plans.duedates import due_in_body
from flows.sources.plans.shapes import fold

FORMS = {
    "2024年9月底前": ("date", "2024-09-30"),
    "12月底前": ("date", "2024-12-31"),
    "2月底前": ("date", "2024-02-29"),
    "5月10日底前": ("date", "2024-05-10"),
    "2月30日前": ("date", "2024-02-29"),
    "今年内": ("date", "2024-12-31"),
    "年底前": ("date", "2024-12-31"),
    "明年3月": ("date", "2025-03-31"),
    "三季度前": ("date", "2024-09-30"),
    "第四季度": ("date", "2024-12-31"),
    "上半年": ("date", "2024-06-30"),
    "下半年": ("date", "2024-12-31"),
    "10月中旬": ("date", "2024-10-20"),
    "二〇二四年六月底": ("date", "2024-06-30"),
    "十一月底前": ("date", "2024-11-30"),
    "2024.6.30": ("date", "2024-06-30"),
    "2024年": ("date", "2024-12-31"),
    "2024.1-12": ("date", "2024-12-31"),
    "2024-06-30": ("date", "2024-06-30"),
    "2024年3月起长期坚持": ("ongoing", None),
    "即日起至12月底": ("date", "2024-12-31"),
    "2023年6月-10月": ("date", "2023-10-31"),
    "2024年11月-2025年2月": ("date", "2025-02-28"),
    "11月-3月": ("date", "2025-03-31"),
    "甲于2024年底前完成,其他于2025年4月前完成": ("date", "2025-04-30"),
    "分别于3月25日、6月25日、9月25日前": ("date", "2024-09-25"),
    "清单于2024年底前完成,其余常态化实施": ("date", "2024-12-31"),
    "2024年6月底前完成并长期坚持": ("date", "2024-06-30"),
    "每季度一次,12月底前全部完成": ("date", "2024-12-31"),
    "长期坚持": ("ongoing", None),
    "持续推进": ("ongoing", None),
    "常态化": ("ongoing", None),
    "每月20日-23日": ("ongoing", None),
    "全年": ("year_round", None),
    "2024年全年": ("year_round", None),
    "自收到申请之日起20个工作日内": ("none", None),
    "20个工作日内": ("none", None),
    "": ("none", None),
}


@pytest.mark.parametrize("words", FORMS)
def test_words_of_time_have_one_meaning(words: str) -> None:
    kind, on = FORMS[words]
    read = read_deadline(fold(words), 2024)
    assert (read.kind, read.on.isoformat() if read.on else None) == (kind, on)


def test_a_reading_that_the_text_does_not_spell_out_is_marked() -> None:
    assert read_deadline("三季度前", 2024) == Deadline("date", date(2024, 9, 30), "end_of_quarter", interpreted=True)
    assert not read_deadline("2024年9月底前", 2024).interpreted


def test_a_date_without_a_year_anywhere_is_known_to_be_one_and_not_which() -> None:
    assert read_deadline("9月底前", None) == Deadline("date", rule="year_unknown")
    table = read_plan("某局公开任务\n1.公开预算。责任单位:财务科。完成时限:9月底前。\n".encode(), "plan.txt").as_tables()["plan_tasks"]
    assert table.select(["deadline_kind", "deadline_on", "deadline_text"]).to_pylist() == [
        {"deadline_kind": "none", "deadline_on": None, "deadline_text": "9月底前"}
    ]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("每月20日-23日", "FREQ=MONTHLY;BYMONTHDAY=20,21,22,23"),
        ("每季度末", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
        ("每年3月31日前", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=31"),
        ("每周", "FREQ=WEEKLY"),
        ("每半年", "FREQ=MONTHLY;INTERVAL=6"),
        ("按月更新", "FREQ=MONTHLY"),
    ],
)
def test_what_comes_again_and_again_is_a_calendar_rule(words: str, rule: str) -> None:
    assert recurrence(words) == rule


def test_a_term_counted_from_an_event_keeps_event_count_and_unit() -> None:
    assert relative_rule("自决定作出之日起20个工作日内") == "after:决定作出:20:工作日"
    assert relative_rule("7个工作日内") == "within:7:工作日"


@pytest.mark.parametrize(
    ("body", "on"),
    [
        ("于9月30日前建成专栏。", "2024-09-30"),
        ("2024年底前,完成编制。", "2024-12-31"),
        ("全市10月底完成建设任务。", "2024-10-31"),
        ("到2027年,全面建成。", None),
        ("到2025年底,覆盖率达到99%。", None),
        ("每年1月31日前公布年度报告。", None),
        ("清理2019年前出台的文件。", None),
        ("在决定作出之日起20个工作日内公开。", None),
        ("至2035年末建成300座公园。", None),
    ],
)
def test_a_body_names_a_due_date_only_where_a_product_is_due(body: str, on: str | None) -> None:
    found = due_in_body(body, 0, len(body), 2024, [])
    assert (found[0].on.isoformat() if found and found[0].on else None) == on


@given(st.integers(2000, 2099), st.integers(1, 12), st.integers(1, 28))
def test_any_printed_day_is_read_back(year: int, month: int, day: int) -> None:
    assert read_deadline(f"{year}年{month}月{day}日前", 2024).on == date(year, month, day)


@given(st.text(alphabet="年月日底前季度每上下半至到-0123456789一二三四十长期全", max_size=16))
def test_no_jumble_of_time_words_breaks_the_reader(jumble: str) -> None:
    assert read_deadline(jumble, 2024).kind in {"date", "ongoing", "year_round", "none"}
