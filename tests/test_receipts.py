"""The dataset of receipts: how each term of a public record was counted that was not kept in time, and no word of any other record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from exports.catalog import load_catalog
from tests.conftest import County, a_county, gongkai
from tests.release.search import texts_of

UNITS = "单位名称\n栖川县财政局\n栖川县司法局\n"
DISCLOSURES = """索引号,标题,公开单位,公开属性,形成日期,变更日期,公开日期
K-0001,关于泊位改造的公告,县财政局,主动公开,2026-03-02,,2026-03-05
K-0002,关于茶山补贴的公告,县司法局,主动公开,2026-03-03,,2026-05-20
K-0003,关于旧桥巡检的公告,县财政局,不予公开,2026-03-04,,
K-0004,关于鱼塘承包的公告,县财政局,依申请公开,2026-03-05,,2026-03-09
K-0005,关于晒场用地的公告,县司法局,主动公开,2026-06-01,,2026-08-02
K-0006,关于苗圃租赁的公告,县司法局,主动公开,2026-06-01,,2026-06-02
"""
ENFORCEMENT = """决定书文号,执法类别,事项名称,相对人类别,相对人名称,执法机关,决定日期,公开日期,撤销日期,撤销原因,撤下日期
栖罚决〔2026〕51号,行政处罚,超期占道,法人,栖川某某有限公司,县司法局,2026-02-02,2026-02-26,,,
栖罚决〔2026〕52号,行政处罚,超期占道,法人,栖川别家有限公司,县司法局,2026-02-03,2026-02-06,2026-04-01,复议撤销,2026-04-03
"""
INSPECTIONS = """检查编号,检查日期,责任单位,检查对象,检查指标,问题描述,通知日期,整改日期
J-01,2026-05-11,县财政局,县财政局网站,更新不及时,栏目空白,2026-05-12,2026-05-13
J-02,2026-05-11,县财政局,县财政局网站,更新不及时,栏目空白,2026-05-12,
"""
REQUESTS = """申请编号,受理单位,环节,日期,申请方式
S-01,县财政局,收到,2026-05-06,当面
S-01,县财政局,答复,2026-05-20,
"""
MESSAGES = """信件编号,承办单位,收到日期,是否简单咨询,答复日期
X-01,县财政局,2026-05-06,是,2026-05-18
"""
WITHDRAWN = "索引号,标题,公开单位,撤回日期,撤回原因\nK-0005,关于晒场用地的公告,县司法局,2026-09-01,内容有误\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = {
        "units/u.csv": UNITS,
        "disclosures/d.csv": DISCLOSURES,
        "enforcement_results/e.csv": ENFORCEMENT,
        "inspections/i.csv": INSPECTIONS,
        "request_events/r.csv": REQUESTS,
        "mailbox_messages/m.csv": MESSAGES,
        "withdrawals/w.csv": "索引号,标题,公开单位,撤回日期,撤回原因\n",
    }
    county = a_county(tmp_path_factory.mktemp("receipts") / "county", {path: text.encode() for path, text in files.items()})
    done = county.refresh()
    assert done.exit_code in {0, 3}, done.output
    return county


def receipts(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "data/receipts.parquet").to_pylist()
    return rows


def of(made: County, record: str) -> list[dict[str, Any]]:
    return [row for row in receipts(made.latest) if row["record_id"].endswith(record)]


def test_a_term_is_told_with_its_rule_its_days_and_its_source_row(made: County) -> None:
    (late,) = of(made, "K-0002")
    assert (late["rule_id"], late["article"], late["outcome"]) == ("proactive_disclosure", "第二十六条", "late")
    assert (late["start_event"], str(late["start_on"]), str(late["due_on"])) == ("made_on", "2026-03-03", "2026-03-31")
    assert (late["day_unit"], late["counted_days"], late["skipped_days"], late["days_late"] > 0) == ("working", 20, 8, True)
    assert (late["source_path"], late["source_row"]) == ("disclosures/d.csv", 2)


def test_every_row_is_of_a_record_that_is_released_and_every_late_one_has_its_row(made: County) -> None:
    rows = receipts(made.latest)
    assert {row["outcome"] for row in rows} == {"late", "overdue"}
    late = {"disclosures": 1, "enforcement_results": 1, "inspections": 1}
    for name, count in late.items():
        dataset = load_catalog().datasets[name]
        released = pq.read_table(made.latest / f"data/{dataset.slug}.parquet").to_pylist()
        own = {row["record_id"] for row in rows if row["register_name"] == name}
        assert own <= {row[dataset.primary_key[0]] for row in released}
        assert len(own) >= count, name
        assert {row[dataset.primary_key[0]] for row in released if row.get("days_late")} <= own
    assert {row["register_name"] for row in rows} == {*late}


def test_what_was_kept_in_time_has_none(made: County) -> None:
    assert [of(made, record) for record in ("K-0001", "K-0006", "J-01")] == [[], [], []]


def test_no_word_tells_of_records_that_are_not_public_or_of_requests(made: County) -> None:
    for words in ("K-0003", "K-0004", "〔2026〕52号", "S-01", "X-01", "request_", "withheld"):
        assert told_in(made.latest, words) == [], words


def test_days_that_a_dataset_does_not_show_start_no_term_here(made: County) -> None:
    catalog = load_catalog()
    for row in receipts(made.latest):
        shown = catalog.datasets[row["register_name"]].column_names
        assert {row["start_event"], row["done_event"]} <= {*shown, None}


def test_a_trace_of_a_receipt_says_the_article_and_ends_at_the_row(made: County) -> None:
    (row,) = of(made, "K-0002")
    told = json.loads(gongkai("trace", "receipts", row["evidence_id"], "start_on", "-w", made.root, "--format", "json").output)
    assert "第二十六条" in told["steps"][0]
    assert [(cell["header"], cell["value"]) for cell in told["cells"]] == [("形成日期", "2026-03-03")]


def test_what_is_withdrawn_later_has_no_receipt_and_older_releases_lose_it(made: County) -> None:
    first = made.latest
    assert of(made, "K-0005")
    (made.root / "inbox/withdrawals/w.csv").write_text(WITHDRAWN, "utf-8")
    done = made.refresh("--accept-loss", "disclosures", "--accept-loss", "receipts")
    assert done.exit_code in {0, 3}, done.output
    assert made.latest != first
    assert of(made, "K-0005") == []
    assert told_in(made.latest, "K-0005") == []
    proven = gongkai("prove", "disclosures", "K-0002", "-w", made.root)
    assert proven.exit_code == 0, proven.output  # though the bytes of the former list of withdrawals are gone
    assert json.loads(proven.stdout)["recomputed"]["taken_as_read"] == ["withdrawals/w.csv"]
    assert gongkai("redact", "--yes", "-w", made.root).exit_code == 0
    assert told_in(first, "K-0005") == []
    assert told_in(first, "K-0002") != []


def told_in(folder: Path, words: str) -> list[str]:
    """Where the files of the dataset say these words."""
    files = (path for path in sorted(folder.glob("data/receipts.*")) if path.is_file())
    return [f"{path.name} {place}" for path in files for place, text in texts_of(path.name, path.read_bytes()) if words in text]
