"""Ledgers with one row an application are the event rows that they stand for: each event with its place, and the same clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import duckdb
import pytest

from exports.catalog import PROJECT_ROOT, load_catalog
from exports.messages import in_chinese, in_english
from flows.workspace.errors import UnreadableSource
from tests.clocks.articles import Event
from tests.clocks.event_logs import UNIT, Log, judged_by_sql, judged_logs, random_log
from tests.conftest import County
from tests.sources.table_makers import html, xlsx
from tests.sources.test_registers import Read, as_csv, read

REQUESTS = load_catalog().registers["request_events"]
HEAD = ["序号", "登记编号", "承办单位", "申请方式", "收到日期", "补正告知日期", "收到补正材料日期", "延期告知日期", "答复日期", "答复结果"]
ROWS = [
    ["1", "2026-1", "县水务局", "当面", "2026-03-02", "", "", "", "2026-03-20", "予以公开"],
    ["2", "2026-2", "县水务局", "信函", "2026-03-03", "2026-03-10", "2026-03-18", "2026-04-10", "2026-05-06", "部分公开"],
    ["3", "2026-3", "县教育局", "网上", "2026-03-04", "", "", "", "", ""],
]
EVENTS = [
    ("2026-1", "收到", "2026-03-02", "收到日期", 1),
    ("2026-1", "答复", "2026-03-20", "答复日期", 1),
    ("2026-2", "告知补正", "2026-03-10", "补正告知日期", 2),
    ("2026-2", "延期", "2026-04-10", "延期告知日期", 2),
    ("2026-2", "收到", "2026-03-03", "收到日期", 2),
    ("2026-2", "收到补正", "2026-03-18", "收到补正材料日期", 2),
    ("2026-2", "答复", "2026-05-06", "答复日期", 2),
    ("2026-3", "收到", "2026-03-04", "收到日期", 3),
]


def ledger(data: bytes, name: str = "a.csv", mapping: dict[str, str] | None = None) -> Read:
    return read(name, data, REQUESTS, mapping)


def events(done: Read) -> list[tuple[Any, ...]]:
    return sorted(
        (row["request_number"], row["event_kind"], row["event_on"], row["source_sheet"].split("（")[-1].strip("）"), row["source_row"])
        for row in done.rows
    )


def of(number: str, cells: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """The events that a ledger of one case gives: what and when."""
    table = ["登记编号", "承办单位", *cells], [[number, "县水务局", *cells.values()]]
    return sorted((row["event_kind"], row["event_on"]) for row in ledger(as_csv(table)).rows)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", as_csv((HEAD, ROWS))),
        ("a.csv", "某县政府信息公开申请办理台账（2026年）\n\n".encode() + as_csv((HEAD, ROWS)) + "\n填表人：某甲\n".encode()),
        ("a.xlsx", xlsx([["某县政府信息公开申请台账"], [], HEAD, *ROWS])),
        ("a.xls", html([HEAD, *ROWS])),
    ],
)
def test_each_day_of_a_ledger_is_an_event_with_its_own_place(name: str, data: bytes) -> None:
    done = ledger(data, name)
    assert events(done) == EVENTS
    assert {row["outcome_code"] for row in done.rows if row["event_kind"] == "答复"} == {"予以公开", "部分公开"}
    assert {row["outcome_code"] for row in done.rows if row["event_kind"] != "答复"} == {None}
    assert {(row["request_number"], row["request_channel"]) for row in done.rows} == {
        ("2026-1", "当面"),
        ("2026-2", "信函"),
        ("2026-3", "网上"),
    }
    places = [(row["source_sheet"], row["source_row"]) for row in done.rows]
    assert len(set(places)) == len(places)


def test_a_ledger_with_a_header_of_two_rows_is_read() -> None:
    rows = [
        ["登记编号", "承办单位", "申请情况", None, "补正情况", None, "答复情况", None],
        [None, None, "申请方式", "收到日期", "补正告知日期", "补正材料收到日期", "答复日期", "答复结果"],
        ["2026-1", "县水务局", "当面", date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16), date(2026, 4, 1), "予以公开"],
    ]
    done = ledger(xlsx(rows, merged=["A1:A2", "B1:B2", "C1:D1", "E1:F1", "G1:H1"]), "a.xlsx")
    assert [(row["event_kind"], row["event_on"][:10]) for row in sorted(done.rows, key=lambda row: row["event_on"])] == [
        ("收到", "2026-03-02"),
        ("告知补正", "2026-03-09"),
        ("收到补正", "2026-03-16"),
        ("答复", "2026-04-01"),
    ]


def test_who_asked_is_not_kept() -> None:
    rows = [[*HEAD, "申请人", "联系电话", "所需信息内容描述"], *([*row, "某某某", "00000000", "某事"] for row in ROWS)]
    done = ledger(as_csv((rows[0], rows[1:])))
    assert done.unknown_headers == ["序号", "申请人", "联系电话", "所需信息内容描述"]
    assert all(done.is_refused)
    assert "某某某" not in "".join(done.stored)
    assert "00000000" not in "".join(done.stored)


RECEIVED = ("收到", "2026-03-02")


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        ({"是否延期": "是"}, [("延期", None)]),
        ({"是否延期": "否"}, []),
        ({"是否延期": "/"}, []),
        ({"是否延期": "未延期"}, []),
        ({"延期至": "2026-04-28"}, [("延期", None)]),
        ({"延期日期": "2026-03-28"}, [("延期", None)]),
        ({"延期天数": "20"}, [("延期", None)]),
        ({"延期天数": "0"}, []),
        ({"是否延期": "是", "延期告知日期": "2026-03-20"}, [("延期", "2026-03-20")]),
        ({"补正日期": "2026-03-10"}, [("告知补正", None), ("收到补正", None)]),
        ({"是否补正": "是"}, [("告知补正", None)]),
        ({"补正告知日期": "2026-03-05", "补正日期": "2026-03-10"}, [("告知补正", "2026-03-05"), ("收到补正", None)]),
        ({"是否征求第三方意见": "是"}, [("征求第三方意见", None)]),
        ({"是否征求第三方意见": "不涉及"}, []),
        ({"答复结果": "予以公开"}, [("答复", None)]),
        ({"答复结果": "不予公开"}, [("答复", None)]),
        ({"答复结果": "未公开"}, [("答复", None)]),
        ({"答复结果": "办理中"}, []),
        ({"答复结果": "正在办理中"}, []),
        ({"办理状态": "已办结"}, [("答复", None)]),
        ({"办理状态": "已受理"}, []),
        ({"办理状态": "待答复"}, []),
        ({"答复结果": "申请人撤回"}, [("申请人撤回", None)]),
        ({"答复结果": "申请人撤回", "撤回日期": "2026-03-08"}, [("申请人撤回", "2026-03-08")]),
        ({"办结日期": "2026-03-20", "答复结果": "予以公开"}, [("答复", "2026-03-20")]),
        ({"答复日期": "3月中旬"}, [("答复", "3月中旬")]),
        ({"答复日期": "2026-03-19", "办结日期": "2026-03-25"}, [("答复", "2026-03-19")]),
        ({"复议申请日期": "2026-06-01", "复议决定日期": "2026-07-01"}, [("复议决定", "2026-07-01"), ("申请行政复议", "2026-06-01")]),
    ],
)
def test_what_happened_on_a_day_that_nobody_wrote_is_said_and_not_passed_over(
    cells: dict[str, str], known: list[tuple[str, str | None]]
) -> None:
    found = of("2026-1", {"收到日期": "2026-03-02", **cells})
    assert found == sorted([RECEIVED, *known], key=lambda event: (event[0], event[1] or ""))


@pytest.mark.parametrize(
    ("cells", "received"),
    [
        ({"收到日期": "", "受理日期": "2026-03-04"}, "2026-03-04"),
        ({"收到日期": "2026-03-02", "受理日期": "2026-03-04"}, "2026-03-02"),
        ({"收到日期": "", "申请日期": "2026-03-01"}, None),  # the day it was written is no day of receipt
        ({"收到日期": "2026-03-02", "申请日期": "2026-03-01"}, "2026-03-02"),
        ({"收到日期": "", "备考": "x"}, None),
    ],
)
def test_a_case_is_received_on_the_day_of_receipt_and_is_never_lost(cells: dict[str, str], received: str | None) -> None:
    assert of("2026-1", cells) == [("收到", received)]


def test_a_table_of_events_with_days_of_the_case_beside_them_stays_one_of_events() -> None:
    table = ["登记编号", "承办单位", "环节", "日期", "收到日期"], [["1", "县水务局", "答复", "2026-03-20", "2026-03-02"]]
    done = ledger(as_csv(table))
    assert [(row["event_kind"], row["event_on"], row["source_sheet"]) for row in done.rows] == [("答复", "2026-03-20", None)]


def test_the_settings_may_name_a_day_of_the_ledger() -> None:
    table = ["登记编号", "承办单位", "窗口接到日", "信件寄走日"], [["1", "县水务局", "2026-03-02", "2026-03-20"]]
    done = ledger(as_csv(table), mapping={"窗口接到日": "received_on", "信件寄走日": "answered_on"})
    assert sorted((row["event_kind"], row["event_on"]) for row in done.rows) == [("收到", "2026-03-02"), ("答复", "2026-03-20")]


def test_a_file_that_is_neither_says_what_either_needs() -> None:
    with pytest.raises(UnreadableSource) as refused:
        ledger(as_csv((["登记编号", "承办单位", "别的"], [["1", "县水务局", "x"]])))
    assert "event_kind" in refused.value.expected
    assert "received_on" in refused.value.expected


def test_short_and_broken_rows_keep_every_event_in_its_row() -> None:
    text = (
        ",".join(HEAD)
        + "\n"
        + ",".join(ROWS[0])
        + "\n9,2026-9,县水务局,当面,2026-03-02\n8,8,8,8,8,8,8,8,8,8,8,8\n"
        + ",".join(ROWS[2])
        + "\n"
    )
    done = ledger(text.encode())
    assert {(row["request_number"], row["source_row"]) for row in done.rows} == {("2026-1", 1), ("2026-9", 2), ("2026-3", 4)}
    assert [row for row, _, _ in done.rejects] == [3]


# ---- the clocks of a ledger are those of the same facts written as event rows

DAYS = {
    "received": "收到日期",
    "confirmed": "双方确认日期",
    "correction_asked": "补正告知日期",
    "corrected": "收到补正材料日期",
    "third_party_consulted": "征求第三方意见日期",
    "third_party_answered": "第三方答复日期",
    "co_producer_consulted": "征求共同制作机关意见日期",
    "co_producer_answered": "共同制作机关答复日期",
    "organ_consulted": "征求其他机关意见日期",
    "organ_answered": "其他机关答复日期",
    "extended": "延期告知日期",
    "fee_noticed": "收费通知日期",
    "fee_paid": "缴费日期",
    "answered": "答复日期",
    "withdrawn_by_applicant": "撤回日期",
}
BESIDE = {"correction_asked": ("补正截止日期", "reply_due_on"), "extended": ("延期天数", "days"), "answered": ("答复结果", "outcome_code")}
HEADERS = ["登记编号", "承办单位", "申请方式", *DAYS.values(), *(header for header, _ in BESIDE.values())]


def one_of_each(log: Log) -> Log:
    """The log with the first event of each kind: a ledger has one column for each. Numbers of consultations have none, either."""
    first: dict[str, Event] = {}
    for event in log.events:
        first.setdefault(event.kind, replace(event, number=None))
    return Log(log.channel, list(first.values()))


def as_ledger_row(number: str, log: Log) -> list[str]:
    cells = {DAYS[event.kind]: event.on.isoformat() for event in log.events}
    for event in log.events:
        header, fact = BESIDE.get(event.kind, ("", ""))
        if header and (value := getattr(event, fact)) is not None:
            cells[header] = str(value)
    return [number, UNIT, log.channel or "", *(cells.get(header, "") for header in HEADERS[3:])]


def coded(done: Read) -> Iterator[dict[str, Any]]:
    """The rows of a read ledger as the models have them."""
    with duckdb.connect() as connection:
        words = PROJECT_ROOT / "sql" / "reference" / "code_words.csv"
        codes = dict(
            connection.execute(
                f"select written, code from read_csv('{words}', all_varchar = true) where column_name = 'event_kind'"
            ).fetchall()
        )
    for row in done.rows:
        day = {name: row[name] and date.fromisoformat(row[name]) for name in ("event_on", "reply_due_on")}
        texts = {name: row[name] for name in ("request_number", "request_channel", "outcome_code", "printed_unit_name")}
        days = row["extension_days"] and int(row["extension_days"])
        yield {"request_id": row["request_number"], "event_kind": codes[row["event_kind"]], **day, **texts, "extension_days": days}


@pytest.mark.parametrize("seed", range(3))
def test_clocks_judged_from_a_ledger_are_those_of_its_events(seed: int) -> None:
    random = Random(seed)
    logs = {f"2026-{n}": one_of_each(random_log(random)) for n in range(1, 151)}
    logs = {number: log for number, log in logs.items() if any(event.kind == "received" for event in log.events)}
    done = ledger(as_csv((HEADERS, [as_ledger_row(number, log) for number, log in logs.items()])))
    as_of = date(2026, 10, 31)
    columns = "* exclude (source_path, source_sheet, source_row)"
    with judged_logs(logs, as_of) as expected, judged_by_sql(list(coded(done)), as_of) as found:
        for table in ("core.requests", "core.request_receipts"):
            query = f"select {columns} from {table} order by all"
            names = [name for name, *_ in expected.execute(query).description]
            keep = [at for at, name in enumerate(names) if name not in {"record_id", "unit_id", "unit_name"}]
            rows = [[tuple(row[at] for at in keep) for row in side.execute(query).fetchall()] for side in (expected, found)]
            assert len(rows[0]) >= 100
            assert sorted(rows[0], key=str) == sorted(rows[1], key=str)


CASES = """登记编号,承办单位,申请方式,收到日期,是否延期,答复日期,答复结果
2026-1,县水务局,当面,2026-03-02,否,2026-03-20,予以公开
2026-2,县水务局,当面,2026-03-02,是,2026-04-20,予以公开
2026-3,县水务局,当面,2026-03-02,否,,予以公开
2026-4,县水务局,当面,2026-03-02,否,,办理中
"""


def test_nobody_is_late_by_what_a_ledger_does_not_say(county: Callable[..., County]) -> None:
    made = county({"request_events/台账.csv": CASES.encode(), "units/u.csv": "单位名称\n县水务局\n".encode()}).built()
    outcomes = made.ask("select split_part(record_id, '/', -1), outcome from core.receipts where rule_id = 'request_answer' order by 1")
    assert outcomes == [("2026-1", "in_time"), ("2026-2", "unknown"), ("2026-3", "unknown"), ("2026-4", "overdue")]
    places = made.ask("select source_sheet, source_row from core.findings where finding_kind = 'missing_event_on' order by 2")
    assert places == [("（是否延期）", 2), ("（答复结果）", 3)]
    assert made.ask("select count(*) from core.findings where finding_kind = 'clock_without_column'") == [(0,)]


def test_a_table_of_unknown_headers_is_refused_in_a_message_that_can_be_read() -> None:
    table = ["申请编号", "承办处室", "收悉", "回函"], [["1", "县水务局", "2026-03-02", "2026-03-20"]]
    with pytest.raises(UnreadableSource) as refused:
        ledger(as_csv(table))
    said = str(refused.value)
    assert "收悉" in said
    assert "收到日期" in said
    assert "columns" in said
    assert max(len(each(refused.value.words)) for each in (in_chinese, in_english)) < 700  # a terminal shows each language for itself
