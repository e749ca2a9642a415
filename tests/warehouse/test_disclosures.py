"""What the warehouse makes of disclosure records: due dates, lateness, repetitions, and what is never made public.

Each case has a file and numbers or titles of its own in one county.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import County, a_county
from tests.sources.test_registers import as_xlsx

HEADERS = ["索引号", "标题", "公开单位", "形成日期", "变更日期", "公开日期", "撤回日期", "公开属性"]
UNIT = "县财政局"


def csv(rows: Iterable[Iterable[str | None]]) -> bytes:
    return "\n".join(",".join(cell or "" for cell in row) for row in [HEADERS, *rows]).encode()


def of(name: str) -> str:
    """The condition that a row is of the file of a case."""
    return f"source_path like 'disclosures/{name}.%'"


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


def dated(made: County, name: str) -> dict[str, list[Any]]:
    return {number: rest for number, *rest in made.ask(f"select index_number, due_on, days_late from core.disclosures where {of(name)}")}


TERMS = [
    record("on time", "2026-02-02", "2026-03-06"),
    record("a day late", "2026-02-02", "2026-03-09"),
    record("made on a Saturday off", "2026-03-07", "2026-04-03"),
    record("changed since", "2026-01-05", "2026-03-18", changed="2026-03-09"),
    record("changed after it was published", "2026-01-05", "2026-01-12", changed="2026-06-01"),
    record("only changed", None, "2026-03-18", changed="2026-03-09"),
    record("not yet published and overdue", "2026-09-10", None),
    record("not yet due", "2026-10-15", None),
]


def test_the_term_is_twenty_working_days_from_making_or_change(made: County) -> None:
    assert dated(made, "terms") == {
        "on time": [date(2026, 3, 6), 0],
        "a day late": [date(2026, 3, 6), 1],
        "made on a Saturday off": [date(2026, 4, 3), 0],
        "changed since": [date(2026, 4, 7), 0],
        "changed after it was published": [date(2026, 2, 2), 0],
        "only changed": [date(2026, 4, 7), 0],
        "not yet published and overdue": [date(2026, 10, 14), 12],
        "not yet due": [date(2026, 11, 12), 0],
    }


UNCOVERED = [record("old", "1999-05-01", "2026-03-02"), record("next year", "2026-12-20", "2026-12-21")]


def test_a_day_that_no_calendar_covers_has_no_due_date_and_no_lateness(made: County) -> None:
    assert dated(made, "uncovered")["old"] == [None, None]
    assert made.ask("select is_due_provisional from core.disclosures where index_number = 'next year'") == [(True,)]


TWICE = record("B", "2026-03-02", "2026-03-05")
SENT_TWICE = [record("A", "2026-03-02", "2026-03-05"), TWICE, record("A", "2026-03-09", "2026-03-12"), TWICE]


def test_a_record_sent_twice_counts_once_and_only_equal_content_is_a_duplicate(made: County) -> None:
    counted = made.ask(f"select index_number, made_on from core.disclosures where {of('twice')} order by 1")
    assert counted == [("A", date(2026, 3, 9)), ("B", date(2026, 3, 2))]
    findings = made.ask(f"select finding_kind, source_row from core.findings where {of('twice')} order by 2")
    assert findings == [("superseded", 1), ("duplicate", 4)]


SAME = record("", "2026-03-02", "2026-03-05", title="公告")
NUMBERLESS = [SAME, SAME, record("", "2026-03-03", "2026-03-05", title="公告")]


def test_records_without_a_number_are_the_same_if_unit_title_and_day_are(made: County) -> None:
    assert made.ask(f"select count(*) from core.disclosures where {of('numberless')}") == [(2,)]


SHEET_HEAD = ["索引号", "标题", "公开单位", "形成日期", "公开日期"]
SHEETS = as_xlsx(
    ("上半年", [SHEET_HEAD, ["S1", "一号", UNIT, "2026-03-02", "2026-03-05"]]),
    ("下半年", [SHEET_HEAD, ["S1", "一号又报", UNIT, "2026-03-02", "2026-03-05"], ["S2", "二号", UNIT, "2026-03-02", "2026-03-05"]]),
)


def test_rows_of_two_sheets_with_the_same_number_are_two_rows(made: County) -> None:
    counted = f"select index_number, disclosure_title in ('一号', '一号又报') from core.disclosures where {of('sheets')} order by 1"
    assert made.ask(counted) == [("S1", True), ("S2", False)]
    assert made.ask(f"select count(*) from core.findings where finding_kind = 'superseded' and {of('sheets')}") == [(1,)]


LEAVING = [
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


def test_only_what_is_public_published_and_not_withdrawn_is_in_the_mart(made: County) -> None:
    assert made.ask(f"select index_number from marts.disclosures where {of('leaving')} order by 1") == [("public",), ("to be withdrawn",)]
    findings = dict(made.ask(f"select finding_kind, source_row from core.findings where {of('leaving')}"))
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


WITHOUT_ATTRIBUTE = "标题,公开单位,形成日期,公开日期\n无属性的公告,县财政局,2026-03-02,2026-03-05\n".encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    """All cases, as of 31 October 2026; a record withheld for each reason, and one in each state of review: a row each, as rows are judged one by one."""
    withheld = [f"公告{at},县财政局,2026-10-09,不予公开,{reason}" for at, reason in enumerate(REASONS)]
    reviewed = [f"决定{at},县财政局,2026-10-08,2026-10-09,{state}" for at, state in enumerate(STATES)]
    files = {
        "terms.csv": csv(TERMS),
        "uncovered.csv": csv(UNCOVERED),
        "twice.csv": csv(SENT_TWICE),
        "numberless.csv": csv(NUMBERLESS),
        "leaving.csv": csv(LEAVING),
        "sheets.xlsx": SHEETS,
        "without.csv": WITHOUT_ATTRIBUTE,
        "withheld.csv": "\n".join(["标题,公开单位,形成日期,公开属性,不予公开理由", *withheld]).encode(),
        "reviewed.csv": "\n".join(["标题,公开单位,形成日期,公开日期,审核状态", *reviewed]).encode(),
        "empty.csv": "标题,公开单位,形成日期,公开日期,审核状态\n空列,县财政局,2026-10-08,2026-10-09,\n".encode(),
    }
    return a_county(tmp_path_factory.mktemp("disclosures"), {f"disclosures/{name}": data for name, data in files.items()}).built()


@pytest.mark.parametrize("reason", REASONS)
def test_what_is_withheld_names_its_article_or_is_a_finding(made: County, reason: str) -> None:
    row = [*REASONS].index(reason) + 1
    article = REASONS[reason]
    assert made.ask(f"select withheld_article from core.disclosures where disclosure_title = '公告{row - 1}'") == [(article,)]
    assert made.ask(f"select count(*) from marts.disclosures where disclosure_title = '公告{row - 1}'") == [(0,)]
    found = made.ask(
        "select finding_kind from core.findings where finding_kind like 'withheld%' "
        f"and source_path like '%withheld.csv' and source_row = {row}"
    )
    assert found == ([] if article else [("withheld_without_reason",)])


@pytest.mark.parametrize("state", STATES)
def test_only_what_review_has_passed_is_released(made: County, state: str) -> None:
    row = [*STATES].index(state) + 1
    assert made.ask(f"select count(*) from marts.disclosures where disclosure_title = '决定{row - 1}'") == [(int(STATES[state]),)]
    held = made.ask(
        "select count(*) from core.findings where finding_kind in ('not_approved', 'unknown_review') "
        f"and source_path like '%reviewed.csv' and source_row = {row}"
    )
    assert held == [(int(not STATES[state]),)]


def test_a_column_of_review_in_which_nothing_stands_holds_nothing(made: County) -> None:
    assert made.ask("select count(*) from marts.disclosures where disclosure_title = '空列'") == [(1,)]


def test_a_file_without_the_attribute_is_public_only_where_the_settings_say_so(made: County, tmp_path: Path) -> None:
    assert made.ask(f"select count(*) from marts.disclosures where {of('without')}") == [(1,)]
    silent = a_county(tmp_path, {"disclosures/without.csv": WITHOUT_ATTRIBUTE}).built()
    settings = silent.root / "gongkai.yaml"
    settings.write_text(settings.read_text("utf-8").replace(", when_absent: {disclosure_attribute: 主动公开}", ""), "utf-8")
    assert silent.built().ask("select count(*) from marts.disclosures") == [(0,)]
    assert silent.ask("select finding_kind from core.findings") == [("missing_disclosure_attribute",)]
