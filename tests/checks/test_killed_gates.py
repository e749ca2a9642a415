"""A run killed in any gate leaves warehouse and release unchanged, and the next run completes."""

from __future__ import annotations

import signal
from hashlib import sha256
from pathlib import Path

import pytest

from flows.quality.gate_names import GATE_TITLES, GATES
from tests.conftest import County, gongkai
from tests.warehouse.test_build import COMMAND, change, start

pytestmark = pytest.mark.rest


def standing(county: County) -> dict[str, str]:
    """Every byte that readers of the workspace see: the warehouse and all releases, with the target of `latest`."""
    files = [county.root / "warehouse.duckdb", *(path for path in (county.root / "releases").rglob("*") if path.is_file())]
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files} | {"latest": county.latest.name}


def kill_at(county: County, verb: str, word: str) -> None:
    """Start the command as a process, and kill it as soon as it prints `word`."""
    run = start(COMMAND, verb, "-v", "-w", county.root)
    assert run.stdout is not None
    said = []
    for line in run.stdout:
        said.append(line)
        if word in line:
            run.send_signal(signal.SIGKILL)
            break
    run.communicate(timeout=60)
    assert run.returncode == -signal.SIGKILL, "".join(said)


def test_a_kill_in_any_gate_leaves_the_last_good_release_and_the_next_run_completes(sample: County) -> None:
    before = standing(sample)
    ((rows,),) = sample.ask("select count(*) from marts.disclosures")
    change(sample, 2)
    for verb in ("ingest", "build"):
        assert gongkai(verb, "-w", sample.root).exit_code == 0
    for gate in GATES:
        kill_at(sample, "check", GATE_TITLES[gate])
        assert standing(sample) == before, gate
    assert gongkai("check", "-w", sample.root).exit_code in {0, 3}
    checked = {path: digest for path, digest in standing(sample).items() if Path(path).name != "warehouse.duckdb"}
    kill_at(sample, "release", "disclosures:")  # the files are being written; the privacy gate comes next
    assert {path: digest for path, digest in standing(sample).items() if path in checked and ".draft" not in path} == checked
    assert sample.refresh().exit_code == 3
    assert sample.latest.name != before["latest"]
    released = (sample.latest / "data" / "disclosures.csv").read_bytes()
    assert released.count(b"\r\n") == rows + 2 + 1
    assert not (sample.root / "releases" / ".draft").exists()
