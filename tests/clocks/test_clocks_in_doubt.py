"""No unit is said to be late where a row could not be read, a word is unknown, or the file has no column for the deed: whole builds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.conftest import County

Make = Callable[..., County]
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


def events(rows: Iterable[str]) -> dict[str, bytes]:
    return {"request_events/a.csv": (LOG + "".join(f"{row}\n" for row in rows)).encode()}


def received(number: str, unit: str = UNIT, channel: str = "当面") -> str:
    return f"{number},收到申请,2026-03-02,{unit},{channel},"


def test_a_row_that_cannot_be_read_may_be_the_answer(county: Make) -> None:
    rows = [line for name, row in UNREADABLE.items() for line in (received(name), f"{name},{row}")]
    made = county(
        events(
            [
                *rows,
                received("a row without a number", "县审计局"),
                ",答复,2026-03-10,县审计局,,予以公开",
                received("unknown channel", channel="托人带到"),
            ]
        )
    ).built()
    expected = dict.fromkeys(UNREADABLE, ("unknown", "row_set_aside", None))
    expected |= {"a row without a number": ("unknown", "row_set_aside", None), "unknown channel": ("unknown", "channel_unknown", None)}
    assert {number: rest for number, *rest in made.ask("select request_number, outcome, outcome_reason, days_late from core.requests")} == {
        number: list(expected_row) for number, expected_row in expected.items()
    }
    assert {outcome for (outcome,) in made.ask("select outcome from core.receipts")} == {"unknown"}
    assert made.ask("select count(*) from core.findings where finding_kind in ('late', 'overdue')") == [(0,)]
    assert made.ask("select count(*) from core.findings where finding_kind = 'clock_unknown'") == [(len(expected),)]


def test_a_quarantined_row_does_not_affect_unrelated_terms(county: Make) -> None:
    made = county(
        events(
            [
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
        )
    ).built()
    assert dict(made.ask("select request_number, outcome from core.requests")) == {
        "of another request": "overdue",
        "of another unit": "overdue",
        "about a suit": "overdue",
        "answered in time": "in_time",
    }


def test_asking_an_organ_that_need_not_be_a_co_producer_is_excluded_entirely(county: Make) -> None:
    """45 working days of asking, more than the 15 of Article 34; a co-producer's word keeps to the 15."""
    words = dict.fromkeys(ORGANS, "in_time") | {"征求共同制作机关意见": "late", "征求共同制作单位意见": "late"}
    rows = [
        line
        for word in words
        for line in (
            received(word),
            f"{word},{word},2026-03-05,{UNIT},,",
            f"{word},相关机关反馈,2026-05-12,{UNIT},,",
            f"{word},答复,2026-06-03,{UNIT},,予以公开",
        )
    ]
    made = county(events(rows)).built()
    assert dict(made.ask("select request_number, outcome from core.requests")) == words


REGISTERS = {
    "disclosures": ("索引号,标题,公开单位,形成日期,公开属性", "公开日期", f"a,公告,{UNIT},2026-03-02,主动公开"),
    "policy_documents": ("文号,文件名称,发文单位,成文日期", "公开日期", f"川政〔2026〕1号,办法,{UNIT},2026-03-02"),
    "inspections": ("检查编号,检查日期,主办单位,通知日期,存在问题", "整改日期", f"a,2026-03-02,{UNIT},2026-03-02,链接失效"),
    "mailbox_messages": ("信件编号,承办单位,收到日期,是否简单咨询", "答复日期", f"a,{UNIT},2026-03-02,是"),
    "new_media_accounts": ("账号名称,平台,主办单位,变动日期", "变动报备日期", f"川事,微信,{UNIT},2026-03-02"),
}


def test_without_a_column_for_the_deed_it_is_unknown_whether_it_was_done(county: Make) -> None:
    """One file of each register lacks the column, another has it with an empty cell."""
    without = {f"{name}/without.csv": f"{headers}\n{row}\n".encode() for name, (headers, _, row) in REGISTERS.items()}
    empty = {
        f"{name}/empty.csv": f"{headers},{deed}\n{row.replace('a,', 'b,', 1).replace('1号', '2号').replace('川事', '川闻')},\n".encode()
        for name, (headers, deed, row) in REGISTERS.items()
    }
    made = county(without | empty).built()
    found = made.ask("select register_name, source_path like '%without%', outcome, outcome_reason, days_late is null from core.receipts")
    assert sorted(map(str, found)) == sorted(
        str(expected_row)
        for name in REGISTERS
        for expected_row in ((name, True, "unknown", "no_column_for_deed", True), (name, False, "overdue", None, False))
    )
    assert made.ask("select count(*) from core.findings where finding_kind = 'overdue' and source_path like '%without%'") == [(0,)]
    assert made.ask("select index_number, days_late is null from core.disclosures order by 1") == [("a", True), ("b", False)]


def test_valid_until_the_last_of_december_is_in_force_on_that_day(county: Make) -> None:
    headers = "登记号,文号,文件名称,制定机关,成文日期,公布日期,有效期至,效力状态"
    rows = [
        f"a,川政规〔2025〕1号,甲办法,{UNIT},2025-01-02,2025-01-03,2025-12-31,有效",
        f"b,川政规〔2025〕2号,乙办法,{UNIT},2025-01-02,2025-01-03,2025-12-30,有效",
    ]
    made = county({"normative_documents/a.csv": "\n".join([headers, *rows, ""]).encode()}).built()
    assert made.ask(
        "select cell_count from core.annual_report_proactive where report_year = 2025 and row_code = 'normative_documents' and column_code = 'in_force_count'"
    ) == [(1,)]
