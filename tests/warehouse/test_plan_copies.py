"""A plan that was saved again under another name is one document: its tasks count once, and the run says that there are two."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.build import build
from flows.ingest import ingest
from flows.orchestration.local import LocalRunner
from flows.workspace.settings import Workspace

PLAN = """雾泊县2026年政务公开工作要点
雾府办发〔2026〕7号
各镇人民政府：
一、重点任务
（一）推进决策公开。责任单位：县水利局。完成时限：2026年12月底前。
（二）公开办理结果。责任单位：县水利局。完成时限：2026年9月底前。
雾泊县人民政府办公室
2026年3月5日
"""


def built(root: Path, **plans: str) -> duckdb.DuckDBPyConnection:
    """A warehouse of plans that came one after the other, in the order given."""
    (root / "gongkai.yaml").write_text("as_of: 2026-10-31\nsources:\n- {name: plans, kind: plans, location: 'inbox/plans/*'}\n", "utf-8")
    (root / "inbox" / "plans").mkdir(parents=True)
    for name, text in plans.items():
        (root / "inbox" / "plans" / f"{name}.txt").write_text(text, "utf-8")
        ingest(Workspace.open(root), runner=LocalRunner())
    build(Workspace.open(root), runner=LocalRunner())
    return duckdb.connect(str(root / ".next" / "warehouse.duckdb"), read_only=True)


@pytest.mark.parametrize(
    "again",
    [PLAN + "附：无\n", PLAN.replace("〔2026〕", "[2026]"), PLAN.replace("2026年9月底前", "2026年10月底前")],
    ids=["a line more", "another bracket", "another deadline"],
)
def test_a_plan_saved_again_is_no_second_document(tmp_path: Path, again: str) -> None:
    with built(tmp_path, z_first=PLAN, a_copy=again) as warehouse:
        assert warehouse.execute("select document_id, hold_reason from core.plan_documents order by 1").fetchall() == [
            ("plans/a_copy.txt", "copy"),
            ("plans/z_first.txt", None),
        ]
        assert warehouse.execute("select count(*), count(distinct document_id) from core.plan_tasks").fetchall() == [(2, 1)]
        found = warehouse.execute("select source_path, finding_text from core.findings where finding_kind = 'document_copy'").fetchall()
    assert [path for path, _ in found] == ["plans/a_copy.txt"]
    assert "plans/z_first.txt" in found[0][1]


def test_plans_of_other_numbers_or_titles_are_documents_of_their_own(tmp_path: Path) -> None:
    other = PLAN.replace("7号", "8号")
    third = PLAN.replace("2026年政务公开工作要点", "2026年政府信息公开工作方案")
    with built(tmp_path, one=PLAN, two=other, three=third) as warehouse:
        assert warehouse.execute("select count(*) from core.plan_documents where hold_reason = 'copy'").fetchall() == [(0,)]
