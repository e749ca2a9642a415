"""A reply that is carried over stands beside no verdict of a record that is held now: neither its words nor the record's title leave again."""

from __future__ import annotations

import pytest

from tests.conftest import County, a_county
from tests.release.test_followed_leaks import told_in

HEAD = "索引号,标题,公开单位,公开属性,形成日期,公开日期\n"
REPLY_HEAD = "回应编号,回应单位,判定编号,回应日期,回应内容\n"
HELD = "松溪水库调度公告"  # its number is too short to be searched for in all files


def records(attribute: str) -> bytes:
    late = "".join(f"OPEN-{n:04d},公开事项第{n}号公告,县财政局,主动公开,2026-03-02,2026-08-05\n" for n in range(30))
    return f"{HEAD}{late}H-7,{HELD},县财政局,{attribute},2026-03-02,2026-08-05\n".encode()


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Two days: each late record is answered; then most replies are gone unexplained, and one of the records is withheld."""
    replies = [f"HY-{n:03d},县财政局,OPEN-{n:04d},2026-09-02,补充说明第{n}件\n" for n in range(30)]
    told = f"HY-100,县财政局,H-7,2026-09-02,{HELD}须先脱敏\n"
    files = {
        "units/all.csv": "单位名称\n县财政局\n".encode(),
        "disclosures/a.csv": records("主动公开"),
        "unit_replies/a.csv": (REPLY_HEAD + "".join(replies) + told).encode(),
    }
    made = a_county(tmp_path_factory.mktemp("days") / "county", files)
    assert made.refresh().exit_code == 0
    assert told_in(made.latest, f"{HELD}须先脱敏")
    (made.root / "inbox/unit_replies/a.csv").write_bytes((REPLY_HEAD + replies[0]).encode())
    (made.root / "inbox/disclosures/a.csv").write_bytes(records("不予公开"))
    assert made.refresh().exit_code in {0, 3}
    return made


def test_replies_to_other_records_are_carried_over(days: County) -> None:
    assert told_in(days.latest, "补充说明第29件")


def test_a_reply_to_a_record_that_is_held_now_is_not(days: County) -> None:
    assert told_in(days.latest, HELD) == []
    assert told_in(days.latest, "须先脱敏") == []
