"""A build killed while rows are set aside leaves warehouse and release, and what it leaves does not hinder the next one.

tests/checks/test_killed_gates.py does the same to the gates that come after it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from exports.catalog import PROJECT_ROOT
from tests.conftest import County

pytestmark = pytest.mark.rest

# The command, with one function replaced by the process's sudden death at the moment it is called.
DIES = """
import os, signal, sys
import flows.build
flows.build.set_aside = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
from flows.cli.app import app

app()
"""


def test_a_run_killed_while_rows_are_set_aside_leaves_what_stood_and_the_next_goes_through(sample: County) -> None:
    before, release = (sample.root / "warehouse.duckdb").read_bytes(), sample.latest
    files = {path: path.read_bytes() for path in release.rglob("*") if path.is_file()}
    row = "QX-2,2026-10-08,县财政局,2026-10-08,2026-10-09\n"
    (sample.root / "inbox" / "disclosures" / "late.csv").write_text(f"索引号,标题,公开单位,形成日期,公开日期\n{row}", "utf-8")
    words = [sys.executable, "-c", DIES, "refresh", "-w", str(sample.root)]
    died = subprocess.run(words, cwd=PROJECT_ROOT, env=os.environ, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-500:]
    assert (sample.root / "warehouse.duckdb").read_bytes() == before
    assert sample.latest == release
    assert {path: path.read_bytes() for path in release.rglob("*") if path.is_file()} == files
    sample.built()
    assert sample.ask("select count(*) from quarantine.disclosures where index_number = 'QX-2'") == [(1,)]
