"""A plan is known by its number and title, not by the name of its file: saved again it is one document whose tasks count once, the run says
that there are two, and its ids stay when it is renamed, copied or changed.
"""

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
    [PLAN.replace("〔2026〕", "[2026]"), PLAN.replace("2026年9月底前", "2026年10月底前")],
    ids=["another bracket", "another deadline"],
)
def test_a_plan_saved_again_is_no_second_document(tmp_path: Path, again: str) -> None:
    with built(tmp_path, z_first=PLAN, a_copy=again) as warehouse:
        assert warehouse.execute("select document_id, hold_reason from core.plan_documents order by 1").fetchall() == [
            ("雾府办发〔2026〕7号", None),
            ("雾府办发〔2026〕7号~2", "copy"),
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


IDS = "select document_id from core.plan_documents where is_released order by 1"
TASKS = "select task_id from core.plan_tasks order by 1"


def changed(root: Path, **plans: str | None) -> duckdb.DuckDBPyConnection:
    """The same workspace after files were written, or taken away (None)."""
    for name, text in plans.items():
        path = root / "inbox" / "plans" / f"{name}.txt"
        path.unlink() if text is None else path.write_text(text, "utf-8")
    ingest(Workspace.open(root), runner=LocalRunner())
    build(Workspace.open(root), runner=LocalRunner())
    return duckdb.connect(str(root / ".next" / "warehouse.duckdb"), read_only=True)


NO_NUMBER = PLAN.replace("雾府办发〔2026〕7号\n", "")


@pytest.mark.parametrize("plan", [PLAN, NO_NUMBER], ids=["with a number", "without"])
def test_a_plan_keeps_its_ids_whatever_becomes_of_its_file(tmp_path: Path, plan: str) -> None:
    with built(tmp_path, one=plan) as warehouse:
        before = [warehouse.execute(query).fetchall() for query in (IDS, TASKS)]
    assert len(before[1]) == 2
    steps: list[dict[str, str | None]] = [
        {"one": None, "renamed": plan, "copied": plan},
        {"copied": f"{plan}附：无\n"},  # the copy is changed
        {"copied": None, "renamed": None, "both": f"{plan}附：有\n"},  # renamed and changed
    ]
    for files in steps:
        with changed(tmp_path, **files) as warehouse:
            assert [warehouse.execute(query).fetchall() for query in (IDS, TASKS)] == before
            assert warehouse.execute("select count(*) from core.plan_changes").fetchall() == [(0,)]


def test_a_plan_renamed_and_changed_is_held_against_what_it_was(tmp_path: Path) -> None:
    built(tmp_path, one=f"内部资料\n{PLAN}").close()
    with changed(tmp_path, one=None, two=PLAN.replace("9月底", "11月底")) as warehouse:
        found = warehouse.execute(
            "select document_id, change_kind, former_deadline_on::varchar, deadline_on::varchar from core.plan_changes"
        ).fetchall()
        assert warehouse.execute("select hold_reason from core.plan_documents").fetchall() == [("internal",)]
    assert found == [("雾府办发〔2026〕7号", "deadline_later", "2026-09-30", "2026-11-30")]


def test_two_documents_of_one_number_bear_ids_of_their_own(tmp_path: Path) -> None:
    other = PLAN.replace("2026年政务公开工作要点", "2026年政府信息公开工作方案")
    with built(tmp_path, one=PLAN, two=other) as warehouse:
        ids = [document for (document,) in warehouse.execute(IDS).fetchall()]
        assert warehouse.execute("select count(*), count(distinct task_id) from core.plan_tasks").fetchall() == [(4, 4)]
    assert ids[0] == "雾府办发〔2026〕7号"
    assert ids[1].startswith("雾府办发〔2026〕7号-")


def test_without_a_number_another_title_year_or_other_tasks_are_another_document(tmp_path: Path) -> None:
    others = {
        "title": NO_NUMBER.replace("工作要点", "工作方案"),
        "year": NO_NUMBER.replace("2026", "2025"),
        "tasks": NO_NUMBER.replace("推进决策公开", "办好政府公报").replace("公开办理结果", "清理过期栏目"),
    }
    with built(tmp_path, one=NO_NUMBER, **others) as warehouse:
        ids = [document for (document,) in warehouse.execute(IDS).fetchall()]
    assert len(set(ids)) == 4
    assert {document[:16] for document in ids} == {"2026-雾泊县人民政府办公室-"[:16], "2025-雾泊县人民政府办公室-"[:16]}


def test_a_decision_may_name_the_path_or_the_id(tmp_path: Path) -> None:
    header = "document_id,source_sha256,document_decision,document_kind,decision_reason,decided_by,decided_on"
    for number, name in enumerate(("plans/one.txt", "雾府办发〔2026〕7号")):
        root = tmp_path / str(number)
        (root / "decisions").mkdir(parents=True)
        (root / "decisions" / "documents.csv").write_text(f"{header}\n{name},,hold,,核对中,县政府办,2026-10-01\n", "utf-8")
        with built(root, one=PLAN) as warehouse:
            assert warehouse.execute("select hold_reason from core.plan_documents").fetchall() == [("decision",)]


@pytest.mark.parametrize("order", [("early", "late"), ("late", "early")])
def test_of_two_files_of_one_document_the_one_issued_last_stands(tmp_path: Path, order: tuple[str, str]) -> None:
    texts = {"early": PLAN, "late": PLAN.replace("2026年9月底前", "2026年10月底前").replace("3月5日", "5月8日")}
    with built(tmp_path, **{name: texts[name] for name in order}) as warehouse:
        standing = warehouse.execute("select source_path from core.plan_documents where is_released").fetchall()
    assert standing == [("plans/late.txt",)]
