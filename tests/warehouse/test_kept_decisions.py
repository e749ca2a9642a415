"""People's decisions hold on when their list is away: a run stops before it takes them back."""

from __future__ import annotations

import shutil

from tests.conftest import County, gongkai

HOLD = "document_id,source_sha256,document_decision,document_kind,decision_reason,decided_by,decided_on\nplans/q.txt,,hold,,待核,县政府办,2026-10-01\n"


def test_a_document_that_a_person_held_stays_in_when_the_folder_of_decisions_is_gone(small: County) -> None:
    decisions = small.root / "decisions"
    decisions.mkdir(exist_ok=True)
    (decisions / "documents.csv").write_text(HOLD, "utf-8")
    assert small.refresh("--accept-loss", "plan-tasks").exit_code == 0
    held = "select hold_reason from core.plan_documents where source_path = 'plans/q.txt'"
    assert small.ask(held) == [("decision",)]
    before = small.latest
    shutil.move(decisions, small.root / "aside")
    done = small.refresh()
    assert done.exit_code == 1
    assert "documents.csv" in done.stderr
    assert "其中曾有 1 条决定" in done.stderr
    assert (small.latest, small.ask(held)) == (before, [("decision",)])
    decisions.mkdir()
    (decisions / "documents.csv").write_text(HOLD.partition("\n")[0] + "\n", "utf-8")
    assert small.built().ask(held) == [(None,)]


def test_corrections_of_the_workspace_are_missed_and_those_of_the_project_are_others(sample: County) -> None:
    (sample.root / "decisions" / "corrections.csv").unlink()
    done = gongkai("build", "-w", sample.root)
    assert done.exit_code == 1
    assert "corrections.csv" in done.stderr
