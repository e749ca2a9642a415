"""One source that cannot be reached, or one file on which a reader fails, does not end the run of all the others."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.build import build
from flows.ingest import ingest
from flows.orchestration.local import LocalRunner
from flows.sources import plan_process
from flows.workspace.errors import SourceUnavailable
from flows.workspace.settings import Settings, Source, Workspace
from tests.conftest import County

PLAN = "某局2026年工作要点\n一、公开预算。(责任单位:财务科)\n"


def workspace(root: Path, *locations: str) -> Workspace:
    sources = tuple(Source(name=f"plans{number}", kind="plans", location=(location,)) for number, location in enumerate(locations))
    return Workspace(root, Settings(sources=sources, allowed_hosts=("127.0.0.1",)))


def tasks(place: Workspace) -> list[tuple[str, int]]:
    with duckdb.connect(str(place.next_warehouse), read_only=True) as connection:
        return connection.execute("select source_path, task_count from core.plan_documents order by 1").fetchall()


def test_a_source_that_does_not_answer_stays_as_it_was_last_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.txt").write_text(f"{name}{PLAN}", encoding="utf-8")
    place = workspace(tmp_path, "here/*", "there/*")
    assert ingest(place, runner=LocalRunner()).unreachable == ()

    moved = workspace(tmp_path, "here/*", "https://127.0.0.1:9/there/plan.txt")  # port 9: nobody answers
    done = ingest(moved, runner=LocalRunner())
    assert (done.unreachable, done.vanished) == (("source plans1",), ())
    build(moved, runner=LocalRunner())
    assert tasks(moved) == [("plans0/plan.txt", 1), ("plans1/plan.txt", 1)]
    with pytest.raises(SourceUnavailable):
        ingest(workspace(tmp_path, "https://127.0.0.1:9/plan.txt"), runner=LocalRunner())


def test_a_file_on_which_the_reader_fails_is_rejected_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_on_one = """
from flows.sources import plan_child

def fails_on_one(data, name):
    if name.endswith("bad.txt"):
        raise RecursionError("too deep")
    return read_plan(data, name)

read_plan, plan_child.read_plan = plan_child.read_plan, fails_on_one
plan_child.serve()
"""
    monkeypatch.setattr(plan_process, "CODE", fails_on_one)
    monkeypatch.setattr(plan_process, "_idle", [])
    for name in ("bad", "good"):
        (tmp_path / f"{name}.txt").write_text(f"{name}{PLAN}", encoding="utf-8")
    place = workspace(tmp_path, "*.txt")
    ingest(place, runner=LocalRunner())
    build(place, runner=LocalRunner())
    assert tasks(place) == [("plans0/good.txt", 1)]
    ((where, why),) = County(tmp_path).ask("select source_path, reject_reason from raw.rejects")
    assert where == "plans0/bad.txt"
    assert "RecursionError" in why


def test_each_of_several_printed_totals_is_held_against_its_own_rows(tmp_path: Path) -> None:
    table = "单位 | 目标任务条数 |\n甲局 | {} |\n乙局 | 20 |\n合计 | {} |\n"
    text = (
        "某县2026年政务公开工作要点\n一、完成目标。(责任单位:各单位)\n附件1\n目标任务\n"
        + table.format(10, 30)
        + "附件2\n目标任务\n"
        + table.format(40, 70)
    )
    (tmp_path / "plan.txt").write_text(text, encoding="utf-8")
    place = workspace(tmp_path, "*.txt")
    ingest(place, runner=LocalRunner())
    build(place, runner=LocalRunner())
    assert County(tmp_path).ask("select total_count, summed_count from core.unit_target_totals order by line") == [(30, 30), (70, 60)]
