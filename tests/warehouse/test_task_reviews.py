"""Tasks whose reading is not sure: marked in the data, listed for a person, decided once, and asked about again when they change."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from flows.warehouse.task_reviews import read_task_decisions, take_task_decisions, write_task_review
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Workspace
from tests.warehouse.rebuilt import ask, rebuild

SETTINGS = """\
jurisdiction: {name: 四川省遂宁市安居区, code: "510904"}
as_of: 2021-03-31
sources: [{name: plans, kind: plans, location: inbox/*.txt}]
"""
SURE = "安居区2021年政务公开工作要点\n一、公开规划成果。公开国土空间规划。责任单位:区自然资源局\n二、公开抽检结果。每月公开。责任单位:区市场监管局\n"
UNSURE = "安居区2021年档案工作要点\n一、清点馆藏。清点民国档案三千卷。\n二、修复破损卷宗。修复水渍卷宗二百卷。\n三、举办展览。在文化广场展出老照片。\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One for all tests: the one that decides comes last."""
    tmp_path = tmp_path_factory.mktemp("county")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "gongkai.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "inbox" / "sure.txt").write_text(SURE, encoding="utf-8")
    (tmp_path / "inbox" / "unsure.txt").write_text(UNSURE, encoding="utf-8")
    place = Workspace.open(tmp_path)
    rebuild(place)
    return place


def decide(path: Path, answers: dict[str, dict[str, str]]) -> None:
    """Fill the lines of a written list by the title of their task."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | answers.get(row["task_title"], {}) for row in rows)


MARKED = (
    "select task_title, needs_review from marts.plan_tasks join marts.plan_documents using (document_id) order by source_path, task_index"
)


def test_a_task_says_whether_its_reading_needs_review(workspace: Workspace) -> None:
    assert ask(workspace, MARKED) == [
        ("公开规划成果", False),
        ("公开抽检结果", False),
        ("清点馆藏", True),
        ("修复破损卷宗", True),
        ("举办展览", True),
    ]


def test_an_answer_that_is_no_decision_is_refused_with_its_line(workspace: Workspace, tmp_path: Path) -> None:
    listed = tmp_path / "tasks.csv"
    write_task_review(workspace, listed)
    decide(listed, {"清点馆藏": {"task_decision": "maybe"}})
    with pytest.raises(ConfigurationError, match=r"line \d.*maybe.*right, wrong"):
        take_task_decisions(workspace, listed)
    assert not workspace.task_decisions.exists()


def test_the_command_writes_and_takes_either_list(workspace: Workspace, tmp_path: Path) -> None:
    listed = tmp_path / "tasks.csv"
    said = CliRunner().invoke(app, ["review", "--tasks", "--out", str(listed), "-w", str(workspace.root)])
    assert said.exit_code == 0, said.output
    decide(listed, {"清点馆藏": {"task_decision": "right"}})
    said = CliRunner().invoke(app, ["review", "--take", str(listed), "-w", str(workspace.root)])
    assert said.exit_code == 0, said.output
    assert len(read_task_decisions(workspace)) == 1
    workspace.task_decisions.unlink()


def test_a_decision_holds_for_the_words_it_was_about_and_no_longer(workspace: Workspace, tmp_path: Path) -> None:
    listed = tmp_path / "tasks.csv"
    assert write_task_review(workspace, listed) == 3
    decide(
        listed,
        {"清点馆藏": {"task_decision": "right"}, "举办展览": {"task_decision": "wrong", "responsible_units": "区档案馆"}},
    )
    assert take_task_decisions(workspace, listed) == 2
    rebuild(workspace)
    assert dict(ask(workspace, MARKED)) == {
        "公开规划成果": False,
        "公开抽检结果": False,
        "清点馆藏": False,
        "修复破损卷宗": True,
        "举办展览": True,
    }
    assert [row[0] for row in ask(workspace, "select task_title from core.task_reviews")] == ["修复破损卷宗"]
    assert {line["responsible_units"] for line in read_task_decisions(workspace).values()} == {"", "区档案馆"}

    plan = workspace.root / "inbox" / "unsure.txt"
    plan.write_text(UNSURE.replace("三千卷", "五千卷"), encoding="utf-8")
    rebuild(workspace)
    assert {row[0] for row in ask(workspace, "select task_title from core.task_reviews")} == {"清点馆藏", "修复破损卷宗"}
