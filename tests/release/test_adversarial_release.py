"""Nothing withheld leaves: whole releases of generated counties, searched for marks that only the test knows.

Nothing here knows how the program decides: the sources are made from what offices write, the outcome from what the law says.
More seeds: `RELEASE_SEEDS=10 pytest --rest tests/release`; others than the usual: `RELEASE_FIRST_SEED=100`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from tests.release import counties, plans
from tests.release.marks import Mark, Marks
from tests.release.report import held_told, leaks_told
from tests.release.rows import Maker
from tests.release.search import Found, leaked, wrongly_held
from tests.release.second import Between
from tests.release.workspace import Workspace

pytestmark = pytest.mark.rest

SEEDS = range(first := int(os.environ.get("RELEASE_FIRST_SEED", "1")), first + int(os.environ.get("RELEASE_SEEDS", "1")))
LEAST_WITHHELD = 2000
LEAST_RELEASED = 0.98


@dataclass
class Released:
    """A refreshed county: exit code of its refresh, its marks as they were then, and what was found of them."""

    exit_code: int
    marks: list[Mark]
    found: Found
    said: str
    carried_over: list[str]


def released(workspace: Workspace, how: str) -> Released:
    code = workspace.refresh(how)
    assert (workspace.root / "releases" / "latest").exists(), f"exit code {code}, no release:\n{workspace.said[-1][1][-3000:]}"
    return Released(code, list(workspace.marks.all), workspace.found(), workspace.said[-1][1], workspace.carried_over())


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed{seed}")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Released]:
    """Three releases: what rows say themselves; what other rows, files and registers say of them; and the first one a day later."""
    root, seed = tmp_path_factory.mktemp("release"), request.param
    marks = Marks(seed)
    first = Workspace(root / "statements", marks)
    make = Maker(marks)
    first.put(list(counties.statements(make)), plans.documents(marks))
    done = {"statements": released(first, "subprocess")}
    done["second"] = _second(first, make, done["statements"])
    done["conflicts"] = _conflicts(Workspace(root / "conflicts", Marks(seed + 1_000_000)))
    return done


def _second(workspace: Workspace, make: Maker, before: Released) -> Released:
    before.marks = [Mark(**vars(mark)) for mark in before.marks]  # as they were: the second run changes what they say
    workspace.said.clear()
    return released(Between(workspace, make, before.found).happen(), "in process")


def _conflicts(workspace: Workspace) -> Released:
    workspace.put(list(counties.conflicts(Maker(workspace.marks))))
    done = released(workspace, "in process")
    workspace.command("annual-report", "--year", "2025", "--to", str(workspace.root / "reports"), "-w", str(workspace.root))
    done.found = workspace.found()
    return done


@pytest.mark.parametrize("run", ["statements", "conflicts", "second"])
def test_nothing_withheld_leaves(runs: dict[str, Released], run: str) -> None:
    withheld = [mark for mark in runs[run].marks if not mark.leaves]
    leaks = leaked(withheld, runs[run].found)
    assert not leaks, leaks_told(leaks, runs[run].marks)


def test_enough_is_looked_for(runs: dict[str, Released]) -> None:
    assert sum(not mark.leaves for run in runs.values() for mark in run.marks) >= LEAST_WITHHELD


@pytest.mark.parametrize("run", ["statements", "conflicts", "second"])
def test_what_is_public_leaves(runs: dict[str, Released], run: str) -> None:
    public = [mark for mark in runs[run].marks if mark.leaves]
    held = wrongly_held(public, runs[run].found)
    assert len(held) <= (1 - LEAST_RELEASED) * len(public), held_told(held, runs[run].marks)


def test_datasets_of_the_second_run_were_held_back(runs: dict[str, Released]) -> None:
    """Else the second run would say nothing of carrying over."""
    assert runs["second"].carried_over, f"no dataset was held back; exit code {runs['second'].exit_code}:\n{runs['second'].said[-3000:]}"
