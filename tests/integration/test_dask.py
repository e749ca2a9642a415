"""Reading shared among Dask's workers: the same release bytes as from one process, and a run survives the death of a worker."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from exports.release.manifest import MANIFEST, sha256_of
from flows.orchestration import dask as on_dask
from flows.orchestration.dask import SharedWork
from flows.workspace.errors import ConfigurationError
from tests.conftest import County, gongkai
from tests.integration.prefect_service import stop, wait_for

pytestmark = pytest.mark.integration
BIN = Path(sys.executable).parent
FILES = 32  # of a plan that takes some hundredths of a second to read: enough that a worker can die between two of them
PLAN = "栖川县2026年政务公开工作要点（{number}）\n\n" + "".join(
    f"{item}.公开第{item}项重点工作进展情况。（责任单位：县财政局、县教育局；完成时限：2026年{item % 12 + 1}月底）\n"
    for item in range(1, 61)
)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of many plans, not yet read."""
    root = tmp_path_factory.mktemp("plans")
    (root / "inbox").mkdir()
    for number in range(FILES):
        (root / "inbox" / f"{number:03}.txt").write_text(PLAN.format(number=number), "utf-8")
    settings = (
        'jurisdiction: {name: 澜泽市栖川县, code: "990101"}\nas_of: 2026-10-31\nsources: [{name: plans, kind: plans, location: inbox/*}]\n'
    )
    (root / "gongkai.yaml").write_text(settings, "utf-8")
    return root


def copy_of(plans: Path, folder: Path) -> County:
    return County(Path(shutil.copytree(plans, folder)))


def released(county: County) -> str:
    """The digest of the release's manifest, which names the digest of every file."""
    done = county.refresh()
    assert done.exit_code == 0, done.output
    return sha256_of(county.latest / MANIFEST)


@pytest.fixture(scope="module")
def by_one_process(plans: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return released(copy_of(plans, tmp_path_factory.mktemp("one") / "county"))


def test_two_local_workers_give_the_same_bytes_as_one_process(plans: Path, by_one_process: str, tmp_path: Path) -> None:
    county = copy_of(plans, tmp_path / "county")
    settings = county.root / "gongkai.yaml"
    settings.write_text(settings.read_text("utf-8") + "dask: local:2\n", "utf-8")
    assert released(county) == by_one_process


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[psutil.Popen]]]:
    """A scheduler and two workers, each a process of its own as on separate machines."""
    note, log = tmp_path / "scheduler.json", tmp_path / "dask.log"
    scheduler = [BIN / "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", note]
    worker = [BIN / "dask", "worker", "--scheduler-file", note, "--no-nanny", "--nthreads", "1", "--local-directory", tmp_path]
    with log.open("ab") as stream:
        started = [psutil.Popen(command, stdout=stream, stderr=stream) for command in (scheduler, worker, worker)]
        try:
            facts = wait_for("the scheduler", lambda: note.read_text("utf-8") if note.exists() else None)
            wait_for("the workers", lambda: log.read_text("utf-8").count("Register worker") == 2)
            yield json.loads(facts)["address"], started[1:]
        finally:
            for process in reversed(started):
                stop(process)


@pytest.mark.rest
def test_a_worker_that_is_killed_midway_leaves_no_trace_in_the_release(
    plans: Path, by_one_process: str, cluster: tuple[str, list[psutil.Popen]], tmp_path: Path
) -> None:
    address, workers = cluster
    county = copy_of(plans, tmp_path / "county")
    with subprocess.Popen([BIN / "gongkai", "ingest", "-w", county.root], env=os.environ | {"GONGKAI_DASK": address}) as ingest:
        while not read_files(county) and ingest.poll() is None:
            time.sleep(0.01)
        workers[0].send_signal(signal.SIGKILL)
        done = read_files(county)
    assert ingest.returncode == 0
    assert 1 <= done < FILES, "the worker was not killed midway"
    assert read_files(county) == FILES
    assert released(county) == by_one_process
    assert not list(county.root.glob("raw/plans/*/.writing-*"))


def read_files(county: County) -> int:
    return len(list(county.root.glob("raw/plans/*/[0-9a-f]*")))


def test_a_worker_without_the_workspace_or_with_other_code_is_refused(tmp_path: Path) -> None:
    shared = SharedWork.of(str.upper, tmp_path)
    assert shared(["a", "b"]) == ["A", "B"]
    with pytest.raises(ConfigurationError, match="Mount it"):
        replace(shared, place=tmp_path / "elsewhere")(["a"])
    with pytest.raises(ConfigurationError, match="Install the same version"):
        replace(shared, code="other")(["a"])


def test_a_scheduler_that_does_not_answer_is_reported_in_a_sentence(plans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_dask, "CONNECT_TIMEOUT", "1s")
    monkeypatch.setenv("GONGKAI_DASK", "tcp://127.0.0.1:9")
    done = gongkai("ingest", "-w", copy_of(plans, tmp_path / "county").root)
    assert done.exit_code == 1
    assert "dask: tcp://127.0.0.1:9" in done.stderr
