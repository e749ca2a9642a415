"""A run on the command line has nothing to do with Prefect, even where a Prefect is named for other projects."""

from __future__ import annotations

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from flows.init import make_workspace

PROBE = """
import sys
from typer.testing import CliRunner
from flows.cli.app import app

done = CliRunner().invoke(app, ["refresh", "--workspace", sys.argv[1], *sys.argv[2:]])
print(done.exit_code, any(name.split(".")[0] == "prefect" for name in sys.modules), done.output)
"""
PLAN = """栖川县2026年政务公开工作要点

一、公开年度计划。县发展改革局牵头，3月底前完成。
"""


def _refresh(workspace: Path, *options: str, **environment: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    words = [sys.executable, "-c", PROBE, str(workspace), *options]
    return subprocess.run(words, env=inherited | environment, capture_output=True, text=True, check=True, timeout=120).stdout


def test_refresh_does_not_load_prefect_even_where_an_api_is_named(tmp_path: Path) -> None:
    make_workspace(tmp_path, sample=False, sources=[])
    (tmp_path / "inbox" / "plans" / "plan.txt").write_text(PLAN, encoding="utf-8")
    said = _refresh(tmp_path, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert said.startswith("0 False "), said


def test_refresh_in_prefect_is_refused_where_no_prefect_is_named(tmp_path: Path) -> None:
    make_workspace(tmp_path, sample=False, sources=[])
    said = _refresh(tmp_path, "--prefect", PREFECT_HOME=str(tmp_path))
    assert said.startswith("1 True "), said
    assert not (tmp_path / "warehouse.duckdb").exists()


class NotPrefect(BaseHTTPRequestHandler):
    """A server that is there and is no Prefect."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        return


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/api", "http://nobody.invalid/api", "not an address", "http://127.0.0.1:{port}/api"]
)
def test_a_prefect_that_does_not_answer_is_said_in_one_line(tmp_path: Path, address: str) -> None:
    make_workspace(tmp_path, sample=False, sources=[])
    with HTTPServer(("127.0.0.1", 0), NotPrefect) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = address.format(port=server.server_port)
        said = _refresh(tmp_path, "--prefect", PREFECT_HOME=str(tmp_path), PREFECT_API_URL=address)
        server.shutdown()
    assert said.startswith("1 True "), said
    assert "Traceback" not in said
    assert len(said.split("True ", 1)[1].strip().splitlines()) <= 3
    assert f"--prefect: {address}" in " ".join(said.split())
    assert "without --prefect" in " ".join(said.split())
    assert not (tmp_path / "warehouse.duckdb").exists()
