"""No unit is said to be late where a row could not be read, a word is unknown, or the file has no column for the deed: a whole build.

Rows that cannot be read and have no number concern the unit that they name, so each case of the log has its own.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.conftest import County, a_county

LOG = "申请编号,环节,日期,受理单位,申请方式,答复结果\n"
UNIT = "县财政局"
UNREADABLE = {
    "unknown word": f"已办复,2026-03-10,{UNIT},,予以公开",
    "another unknown word": f"予以答复并送达,2026-03-10,{UNIT},,",
    "no word": f",2026-03-10,{UNIT},,予以公开",
    "no date": f"答复,三月十日左右,{UNIT},,予以公开",
    "impossible date": f"答复,2026-02-30,{UNIT},,予以公开",
    "empty date": f"答复,,{UNIT},,予以公开",
    "no unit": "答复,2026-03-10,,,予以公开",
}
ORGANS = ("征求其他机关意见", "征求相关机关意见", "征求牵头机关意见", "会商", "征求有关部门意见", "征求相关行政机关意见")


def log(rows: Iterable[str]) -> bytes:
    return (LOG + "".join(f"{row}\n" for row in rows)).encode()


def received(number: str, unit: str = UNIT, channel: str = "当面") -> str:
    return f"{number},收到申请,2026-03-02,{unit},{channel},"


def outcomes(made: County, name: str) -> dict[str, list[object]]:
    """What became of the requests of a file, the reason and the days late."""
    rows = made.ask(
        f"select request_number, outcome, outcome_reason, days_late from core.requests where source_path = 'request_events/{name}.csv'"
    )
    return {number: rest for number, *rest in rows}


UNREAD = [
    *(line for name, row in UNREADABLE.items() for line in (received(name), f"{name},{row}")),
    received("a row without a number", "县审计局"),
    ",答复,2026-03-10,县审计局,,予以公开",
    received("unknown channel", channel="托人带到"),
]


def test_a_row_that_cannot_be_read_may_be_the_answer(made: County) -> None:
    expected: dict[str, list[object]] = {name: ["unknown", "row_set_aside", None] for name in (*UNREADABLE, "a row without a number")}
    expected |= {"unknown channel": ["unknown", "channel_unknown", None]}
    assert outcomes(made, "unread") == expected
    of_file = "source_path = 'request_events/unread.csv'"
    assert made.ask(f"select distinct outcome from core.receipts where {of_file}") == [("unknown",)]
    assert made.ask(f"select count(*) from core.findings where finding_kind in ('late', 'overdue') and {of_file}") == [(0,)]
    assert made.ask(f"select count(*) from core.findings where finding_kind = 'clock_unknown' and {of_file}") == [(len(expected),)]


UNRELATED = [
    received("of another request"),
    f"other,已办复,2026-03-10,{UNIT},,",
    received("of another unit"),
    "of another unit,已办复,2026-03-10,县审计局,,",
    received("about a suit"),
    f"about a suit,提起行政诉讼,无日期,{UNIT},,",
    received("answered in time"),
    f"answered in time,答复,2026-03-10,{UNIT},,予以公开",
    f"answered in time,已办复,2026-03-10,{UNIT},,",
]


def test_a_quarantined_row_does_not_affect_unrelated_terms(made: County) -> None:
    assert {number: outcome for number, (outcome, *_) in outcomes(made, "unrelated").items()} == {
        "of another request": "overdue",
        "of another unit": "overdue",
        "about a suit": "overdue",
        "answered in time": "in_time",
    }


ASKED = dict.fromkeys(ORGANS, "in_time") | {"征求共同制作机关意见": "late", "征求共同制作单位意见": "late"}
ASKING = [
    line
    for word in ASKED
    for line in (
        received(word),
        f"{word},{word},2026-03-05,{UNIT},,",
        f"{word},相关机关反馈,2026-05-12,{UNIT},,",
        f"{word},答复,2026-06-03,{UNIT},,予以公开",
    )
]


def test_asking_an_organ_that_need_not_be_a_co_producer_is_excluded_entirely(made: County) -> None:
    """45 working days of asking, more than the 15 of Article 34; a co-producer's word keeps to the 15."""
    assert {number: outcome for number, (outcome, *_) in outcomes(made, "asking").items()} == ASKED


REGISTERS = {
    "disclosures": ("索引号,标题,公开单位,形成日期,公开属性", "公开日期", f"a,公告,{UNIT},2026-03-02,主动公开"),
    "policy_documents": ("文号,文件名称,发文单位,成文日期", "公开日期", f"川政〔2026〕1号,办法,{UNIT},2026-03-02"),
    "inspections": ("检查编号,检查日期,主办单位,通知日期,存在问题", "整改日期", f"a,2026-03-02,{UNIT},2026-03-02,链接失效"),
    "mailbox_messages": ("信件编号,承办单位,收到日期,是否简单咨询", "答复日期", f"a,{UNIT},2026-03-02,是"),
    "new_media_accounts": ("账号名称,平台,主办单位,变动日期", "变动报备日期", f"川事,微信,{UNIT},2026-03-02"),
}


WITHOUT = {f"{name}/without.csv": f"{headers}\n{row}\n".encode() for name, (headers, _, row) in REGISTERS.items()}
EMPTY = {
    f"{name}/empty.csv": f"{headers},{deed}\n{row.replace('a,', 'b,', 1).replace('1号', '2号').replace('川事', '川闻')},\n".encode()
    for name, (headers, deed, row) in REGISTERS.items()
}


def test_without_a_column_for_the_deed_it_is_unknown_whether_it_was_done(made: County) -> None:
    """One file of each register lacks the column, another has it with an empty cell."""
    found = made.ask(
        "select register_name, source_path like '%without%', outcome, outcome_reason, days_late is null from core.receipts "
        "where source_path like '%/without.csv' or source_path like '%/empty.csv'"
    )
    assert sorted(map(str, found)) == sorted(
        str(expected_row)
        for name in REGISTERS
        for expected_row in ((name, True, "unknown", "no_column_for_deed", True), (name, False, "overdue", None, False))
    )
    assert made.ask("select count(*) from core.findings where finding_kind = 'overdue' and source_path like '%without%'") == [(0,)]
    assert made.ask("select index_number, days_late is null from core.disclosures order by 1") == [("a", True), ("b", False)]


IN_FORCE = f"""登记号,文号,文件名称,制定机关,成文日期,公布日期,有效期至,效力状态
a,川政规〔2025〕1号,甲办法,{UNIT},2025-01-02,2025-01-03,2025-12-31,有效
b,川政规〔2025〕2号,乙办法,{UNIT},2025-01-02,2025-01-03,2025-12-30,有效
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    logs = {f"request_events/{name}.csv": log(rows) for name, rows in (("unread", UNREAD), ("unrelated", UNRELATED), ("asking", ASKING))}
    files = logs | WITHOUT | EMPTY | {"normative_documents/a.csv": IN_FORCE.encode()}
    return a_county(tmp_path_factory.mktemp("in-doubt"), files).built()


def test_valid_until_the_last_of_december_is_in_force_on_that_day(made: County) -> None:
    assert made.ask(
        "select cell_count from core.annual_report_proactive where report_year = 2025 and row_code = 'normative_documents' and column_code = 'in_force_count'"
    ) == [(1,)]
