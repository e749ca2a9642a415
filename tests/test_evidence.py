"""Evidence datasets: each verdict and score can be opened, and what may not leave of a record leaves through no evidence either."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.conftest import County, a_county, gongkai
from tests.release.search import texts_of

PLAN = """栖政办发〔2026〕7号
栖川县2026年政务公开工作要点
一、重点任务
（一）做好政策解读。（牵头单位：县财政局；完成时限：长期坚持）
（二）公开决算。（牵头单位：县财政局；完成时限：2026年6月底前）
栖川县人民政府办公室
2026年1月6日
"""
REPORTS = """计划文号,任务编号,填报单位,填报日期,完成情况,完成日期
栖政办发〔2026〕7号,（二）,县财政局,2026-06-30,已完成,2026-06-29
"""
HEAD = "解读标题,被解读文件文号,解读单位,解读形式,发布日期\n"
TITLES = ("鹭洲渡口整修办法政策解读", "松溪茶园扶持办法政策解读", "云台驿站管理办法政策解读")
ROWS = "".join(f"{title},栖政办规〔2026〕{n}号,县财政局,图解,2026-04-0{n}\n" for n, title in enumerate(TITLES, 1))
WITHDRAWN = "标题,公开单位,撤回日期,撤回原因\n" + f"{TITLES[0]},县财政局,2026-09-01,内容有误\n"


def evidence(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "data/task-evidence.parquet").to_pylist()
    return rows


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = {
        "plans/p.txt": PLAN,
        "units/u.csv": "单位名称\n栖川县财政局\n",
        "progress_reports/r.csv": REPORTS,
        "policy_interpretations/i.csv": HEAD + ROWS,
    }
    county = a_county(tmp_path_factory.mktemp("evidence") / "county", {path: text.encode() for path, text in files.items()})
    done = county.refresh()
    assert done.exit_code in {0, 3}, done.output
    return county


def test_public_records_are_named_and_others_counted_and_together_they_are_the_verdicts_figure(made: County) -> None:
    rows = evidence(made.latest)
    shown = [row for row in rows if row["record_id"]]
    assert {row["register_name"] for row in shown} == {"policy_interpretations"}
    assert len(shown) == len(TITLES)
    (counted,) = [row for row in rows if not row["record_id"]]
    assert (counted["register_name"], counted["evidence_kind"], counted["record_count"]) == ("progress_reports", "completed", 1)
    assert {counted[name] for name in ("evidence_on", "source_path", "source_row")} == {None}
    for delivery in pq.read_table(made.latest / "data/task-delivery.parquet").to_pylist():
        own = [row["record_count"] for row in rows if (row["task_id"], row["owner_id"]) == (delivery["task_id"], delivery["owner_id"])]
        assert sum(own) == delivery["evidence_count"]


def test_trace_ends_at_the_cells_of_the_record(made: County) -> None:
    row = next(row for row in evidence(made.latest) if row["record_id"])
    key = "|".join(row[name] for name in ("task_id", "owner_id", "evidence_id"))
    told = json.loads(gongkai("trace", "task-evidence", key, "-w", made.root, "--format", "json").output)
    cells = {cell["value"] for cell in told["cells"] if cell["source_path"] == row["source_path"]}
    printed = (HEAD + ROWS).splitlines()[row["source_row"]].split(",")
    assert set(printed) <= cells


def test_a_record_that_is_withdrawn_is_named_by_no_evidence_feed_or_workbook_and_old_releases_lose_it(made: County) -> None:
    first = made.latest
    (made.root / "inbox/withdrawals").mkdir(exist_ok=True)
    settings = made.root / "gongkai.yaml"
    text = settings.read_text("utf-8")
    if "kind: withdrawals" not in text:
        settings.write_text(
            text.replace("sources:\n", 'sources:\n  - {name: withdrawals, kind: withdrawals, location: "inbox/withdrawals/*"}\n'), "utf-8"
        )
    (made.root / "inbox/withdrawals/w.csv").write_text(WITHDRAWN, "utf-8")
    done = made.refresh("--accept-loss", "policy_interpretations", "--accept-loss", "task_evidence")
    assert done.exit_code in {0, 3}, done.output
    assert made.latest != first
    assert len([row for row in evidence(made.latest) if row["record_id"]]) == len(TITLES) - 1
    assert _told_in(made.latest, TITLES[0]) == []
    assert gongkai("redact", "--yes", "-w", made.root).exit_code == 0
    assert _told_in(first, TITLES[0]) == []
    assert _told_in(first, TITLES[1]) != []
    assert TITLES[1] in str([*openpyxl.load_workbook(first / "data/task-evidence.xlsx").worksheets[0].values])
    verified = gongkai("verify", "--all", "-w", made.root)
    assert verified.exit_code == 0, verified.output


def _told_in(folder: Path, words: str) -> list[str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [f"{path.name} {place}" for path in files for place, text in texts_of(path.name, path.read_bytes()) if words in text]
