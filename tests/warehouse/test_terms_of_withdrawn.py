"""What was withdrawn had been published: a record whose day of publication is empty is not overdue, whatever says that it was withdrawn."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import a_county

HEAD = "索引号,标题,公开单位,公开属性,形成日期,公开日期,撤回日期,备注,链接\n"
RECORDS = """\
BY-REMARK,关于甲项收费的公告,县财政局,主动公开,2026-03-02,,,已于8月撤下,
BY-WORD,关于乙项收费的公告,县财政局,主动公开,2026-03-02,,,撤回,
BY-DAY,关于丙项收费的公告,县财政局,主动公开,2026-03-02,,2026-08-03,,
BY-NUMBER,关于丁项收费的公告,县财政局,主动公开,2026-03-02,,,,
BY-TITLE,关于戊项收费的公告,县财政局,主动公开,2026-03-02,,,,
WAITING,关于己项收费的公告,县财政局,主动公开,2026-03-02,,,,
LATE,关于庚项收费的公告,县财政局,主动公开,2026-03-02,2026-08-03,,已撤下,
"""
TOMBS = (
    "索引号,标题,公开单位,撤回日期,撤回原因\nBY-NUMBER,,县财政局,2026-08-03,内容有误\n,关于戊项收费的公告,县财政局,2026-08-03,内容有误\n"
)


def test_what_was_withdrawn_is_not_overdue_for_publication(tmp_path: Path) -> None:
    files = {
        "disclosures/a.csv": (HEAD + RECORDS).encode(),
        "withdrawals/a.csv": TOMBS.encode(),
        "units/a.csv": "单位名称\n县财政局\n".encode(),
    }
    made = a_county(tmp_path, files).built()
    terms = made.ask("select record_id, outcome from core.receipts where rule_id = 'proactive_disclosure' order by 1")
    assert terms == [("LATE", "late"), ("WAITING", "overdue")]
