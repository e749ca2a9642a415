"""A run killed while rows are set aside or checked leaves the old warehouse and the old release, and the next run goes through."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exports.catalog import HOUSE
from tests.conftest import County

# The command, with one function replaced by the process's sudden death at the moment it is called.
DIES = """
import os, signal, sys, importlib
module, name = sys.argv.pop(1).rsplit(".", 1)
setattr(importlib.import_module(module), name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
from flows.cli import app
app()
"""


@pytest.mark.parametrize(
    "moment", ["flows.build.set_aside", "flows.build.drop_raw_views", "flows.check.write_results", "flows.release.scan_folder"]
)
def test_a_run_killed_in_any_gate_leaves_what_stood_and_the_next_goes_through(sample: County, moment: str) -> None:
    before, release = _content(sample.root / "warehouse.duckdb"), sample.latest
    files = {path: _content(path) for path in release.rglob("*") if path.is_file()}
    row = "QX-2,2026-10-08,县财政局,2026-10-08,2026-10-09\n"
    (sample.root / "inbox" / "disclosures" / "late.csv").write_text(f"索引号,标题,公开单位,形成日期,公开日期\n{row}", "utf-8")
    words = [sys.executable, "-c", DIES, moment, "refresh", "-w", str(sample.root)]
    died = subprocess.run(words, cwd=HOUSE, env=os.environ, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-500:]
    if moment != "flows.release.scan_folder":  # the release gate comes after the checked warehouse took its place
        assert _content(sample.root / "warehouse.duckdb") == before
    assert sample.latest == release
    assert {path: _content(path) for path in release.rglob("*") if path.is_file()} == files
    if moment == "flows.build.set_aside":  # once is enough to see that nothing of it hinders the next run
        sample.built()
        assert sample.ask("select count(*) from quarantine.disclosures where index_number = 'QX-2'") == [(1,)]
        shutil.rmtree(sample.root / ".next")


def _content(path: Path) -> bytes:
    return path.read_bytes()
