"""What the warehouse makes of disclosure records: due dates, lateness, repetitions, and what is never made public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.conftest import County, a_county
from tests.sources.test_registers import as_xlsx

HEADERS = ["索引号", "标题", "公开单位", "形成日期", "变更日期", "公开日期", "撤回日期", "公开属性"]
UNIT = "县财政局"
Rows = list[list[str | None]]


@pytest.fixture
def registered(county: Callable[..., County]) -> Callable[[Rows], County]:
    """A built warehouse of the given records, as of 31 October 2026."""

    def make(rows: Rows) -> County:
        text = "\n".join(",".join(cell or "" for cell in row) for row in [HEADERS, *rows])
        return county({"disclosures/a.csv": text.encode()}).built()

    return make


def record(number: str, made: str | None, published: str | None, **more: str | None) -> list[str | None]:
    return [
        number,
        more.get("title", f"公告{number}"),
        more.get("unit", UNIT),
        made,
        more.get("changed"),
        published,
        more.get("withdrawn"),
        more.get("attribute", "主动公开"),
    ]


def dated(made: County) -> dict[str, tuple[Any, ...]]:
    return {number: rest for number, *rest in made.ask("select index_number, due_on, days_late from core.disclosures")}  # type: ignore[misc]


def test_the_term_is_twenty_working_days_from_making_or_change(registered: Callable[[Rows], County]) -> None:
    made = registered(
        [
            record("on time", "2026-02-02", "2026-03-06"),
            record("a day late", "2026-02-02", "2026-03-09"),
            record("made on a Saturday off", "2026-03-07", "2026-04-03"),
            record("changed since", "2026-01-05", "2026-03-18", changed="2026-03-09"),
            record("changed after it was published", "2026-01-05", "2026-01-12", changed="2026-06-01"),
            record("only changed", None, "2026-03-18", changed="2026-03-09"),
            record("not yet published and overdue", "2026-09-10", None),
            record("not yet due", "2026-10-15", None),
        ]
    )
    assert dated(made) == {
        "on time": [date(2026, 3, 6), 0],
        "a day late": [date(2026, 3, 6), 1],
        "made on a Saturday off": [date(2026, 4, 3), 0],
        "changed since": [date(2026, 4, 7), 0],
        "changed after it was published": [date(2026, 2, 2), 0],
        "only changed": [date(2026, 4, 7), 0],
        "not yet published and overdue": [date(2026, 10, 14), 12],
        "not yet due": [date(2026, 11, 12), 0],
    }


def test_a_day_that_no_calendar_covers_has_no_due_date_and_no_lateness(registered: Callable[[Rows], County]) -> None:
    made = registered([record("old", "1999-05-01", "2026-03-02"), record("next year", "2026-12-20", "2026-12-21")])
    assert dated(made)["old"] == [None, None]
    assert made.ask("select is_due_provisional from core.disclosures where index_number = 'next year'") == [(True,)]


def test_a_record_sent_twice_counts_once_and_only_equal_content_is_a_duplicate(registered: Callable[[Rows], County]) -> None:
    twice = record("B", "2026-03-02", "2026-03-05")
    made = registered([record("A", "2026-03-02", "2026-03-05"), twice, record("A", "2026-03-09", "2026-03-12"), twice])
    assert made.ask("select index_number, made_on from core.disclosures order by 1") == [("A", date(2026, 3, 9)), ("B", date(2026, 3, 2))]
    assert made.ask("select finding_kind, source_row from core.findings order by 2") == [("superseded", 1), ("duplicate", 4)]


def test_records_without_a_number_are_the_same_if_unit_title_and_day_are(registered: Callable[[Rows], County]) -> None:
    same = record("", "2026-03-02", "2026-03-05", title="公告")
    made = registered([same, same, record("", "2026-03-03", "2026-03-05", title="公告")])
    assert made.ask("select count(*) from core.disclosures") == [(2,)]


def test_rows_of_two_sheets_with_the_same_number_are_two_rows(county: Callable[..., County]) -> None:
    first = [["索引号", "标题", "公开单位", "形成日期", "公开日期"], ["A", "一号", UNIT, "2026-03-02", "2026-03-05"]]
    second = [first[0], ["A", "一号又报", UNIT, "2026-03-02", "2026-03-05"], ["B", "二号", UNIT, "2026-03-02", "2026-03-05"]]
    made = county({"disclosures/a.xlsx": as_xlsx(("上半年", first), ("下半年", second))}).built()
    assert made.ask("select index_number, disclosure_title in ('一号', '一号又报') from core.disclosures order by 1") == [
        ("A", True),
        ("B", False),
    ]
    assert made.ask("select count(*) from core.findings where finding_kind = 'superseded'") == [(1,)]


def test_only_what_is_public_published_and_not_withdrawn_is_in_the_mart(registered: Callable[[Rows], County]) -> None:
    made = registered(
        [
            record("public", "2026-03-02", "2026-03-05"),
            record("on request", "2026-03-02", "2026-03-05", attribute="依申请公开"),
            record("withheld", "2026-03-02", "2026-03-05", attribute="不予公开"),
            record("no attribute", "2026-03-02", "2026-03-05", attribute=None),
            record("withdrawn", "2026-03-02", "2026-03-05", withdrawn="2026-04-01"),
            record("withdrawn on the day", "2026-03-02", "2026-03-05", withdrawn="2026-10-31"),
            record("to be withdrawn", "2026-03-02", "2026-03-05", withdrawn="2026-11-01"),
            record("to be published", "2026-10-30", "2026-11-02"),
            record("unpublished", "2026-10-30", None),
            record("no date", None, "2026-03-05"),
            record("no title", "2026-03-02", "2026-03-05", title=None),
            record("no unit", "2026-03-02", "2026-03-05", unit=None),
        ]
    )
    assert made.ask("select index_number from marts.disclosures order by 1") == [("public",), ("to be withdrawn",)]
    findings = dict(made.ask("select finding_kind, source_row from core.findings"))
    assert findings == {
        "missing_disclosure_attribute": 4,
        "missing_made_on": 10,
        "missing_disclosure_title": 11,
        "missing_printed_unit_name": 12,
        "dated_later": None,  # withdrawn and published after the as-of day
        "withheld_without_reason": 3,
    }


REASONS: dict[str, int | None] = {
    "条例第十四条": 14,
    "属国家秘密": 14,
    "《条例》第15条": 15,
    "涉及第三方商业秘密": 15,
    "含个人隐私": 15,
    "第十六条第一款，内部事务信息": 16,
    "行政执法案卷信息": 16,
    "领导要求": None,
    "暂不公开": None,
    "": None,
}
STATES = {"已审核": True, "通过": True, "待审核": False, "未通过": False, "退回": False, "拟同意": False}


@pytest.fixture(scope="module")
def worded(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A record withheld for each reason, and one in each state of review: a row each, as rows are judged one by one."""
    withheld = [f"公告{at},县财政局,2026-10-09,不予公开,{reason}" for at, reason in enumerate(REASONS)]
    reviewed = [f"决定{at},县财政局,2026-10-08,2026-10-09,{state}" for at, state in enumerate(STATES)]
    files = {
        "disclosures/withheld.csv": "\n".join(["标题,公开单位,形成日期,公开属性,不予公开理由", *withheld]).encode(),
        "disclosures/reviewed.csv": "\n".join(["标题,公开单位,形成日期,公开日期,审核状态", *reviewed]).encode(),
        "disclosures/empty.csv": "标题,公开单位,形成日期,公开日期,审核状态\n空列,县财政局,2026-10-08,2026-10-09,\n".encode(),
    }
    return a_county(tmp_path_factory.mktemp("worded"), files).built()


@pytest.mark.parametrize("reason", REASONS)
def test_what_is_withheld_names_its_article_or_is_a_finding(worded: County, reason: str) -> None:
    row = [*REASONS].index(reason) + 1
    article = REASONS[reason]
    assert worded.ask(f"select withheld_article from core.disclosures where disclosure_title = '公告{row - 1}'") == [(article,)]
    assert worded.ask(f"select count(*) from marts.disclosures where disclosure_title = '公告{row - 1}'") == [(0,)]
    found = worded.ask(
        "select finding_kind from core.findings where finding_kind like 'withheld%' "
        f"and source_path like '%withheld.csv' and source_row = {row}"
    )
    assert found == ([] if article else [("withheld_without_reason",)])


@pytest.mark.parametrize("state", STATES)
def test_only_what_review_has_passed_is_released(worded: County, state: str) -> None:
    row = [*STATES].index(state) + 1
    assert worded.ask(f"select count(*) from marts.disclosures where disclosure_title = '决定{row - 1}'") == [(int(STATES[state]),)]
    held = worded.ask(
        "select count(*) from core.findings where finding_kind in ('not_approved', 'unknown_review') "
        f"and source_path like '%reviewed.csv' and source_row = {row}"
    )
    assert held == [(int(not STATES[state]),)]


def test_a_column_of_review_in_which_nothing_stands_holds_nothing(worded: County) -> None:
    assert worded.ask("select count(*) from marts.disclosures where disclosure_title = '空列'") == [(1,)]


def test_a_file_without_the_attribute_is_public_only_where_the_settings_say_so(county: Callable[..., County]) -> None:
    text = "标题,公开单位,形成日期,公开日期\n公告,县财政局,2026-03-02,2026-03-05\n"
    made = county({"disclosures/a.csv": text.encode()})
    assert made.built().ask("select count(*) from marts.disclosures") == [(1,)]
    settings = made.root / "gongkai.yaml"
    settings.write_text(settings.read_text("utf-8").replace(", when_absent: {disclosure_attribute: 主动公开}", ""), "utf-8")
    assert made.built().ask("select count(*) from marts.disclosures") == [(0,)]
    assert made.ask("select finding_kind from core.findings") == [("missing_disclosure_attribute",)]
