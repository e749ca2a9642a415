"""A command imports what it uses and no more: what it takes to start is paid at every call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from exports.catalog import PROJECT_ROOT

CHECKS = ("great_expectations", "sqlalchemy", "pandas")
SERVICES = ("prefect", "distributed", "requests", "ckanapi")
READERS = ("pyarrow", "lxml", "docx", "pypdfium2", "flows.sources.plans.fold")
DESCRIPTORS = ("yaml", "jinja2", "duckdb", "exports.catalog", "flows.workspace.settings")
LOADED = "import sys; print('LOADED', *sorted(sys.modules), file=sys.stderr)"
COMMAND = "import atexit; from flows.cli.app import app; atexit.register(lambda: exec({loaded!r})); app({words!r})"


def modules_after(code: str) -> set[str]:
    """The modules that a process of its own has loaded when it ends."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT)
    (line,) = (line for line in ran.stderr.splitlines() if line.startswith("LOADED"))
    return set(line.split()[1:])


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "gongkai.yaml").write_text("as_of: 2026-10-31\n", "utf-8")
    with duckdb.connect(tmp_path / "warehouse.duckdb") as connection:
        connection.execute("create table made as select 7 as n")
    return tmp_path


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["new", "register", "--help"], ["--version"]])
def test_help_and_version_read_no_settings_and_no_descriptors(words: list[str]) -> None:
    loaded = modules_after(COMMAND.format(loaded=LOADED, words=words))
    assert loaded & {*CHECKS, *SERVICES, *READERS, *DESCRIPTORS} == set()


def test_a_query_imports_neither_checks_nor_readers_nor_services(workspace: Path) -> None:
    loaded = modules_after(COMMAND.format(loaded=LOADED, words=["query", "from made", "-w", str(workspace)]))
    assert "duckdb" in loaded
    assert loaded & {*CHECKS, *SERVICES, *READERS, "jinja2"} == set()


@pytest.mark.parametrize("imported", ["flows.cli.rendering, flows.reports.summary", "flows.cli.query_rendering"])
def test_what_is_shown_of_a_run_imports_neither_checks_nor_readers_nor_services(imported: str) -> None:
    loaded = modules_after(f"import {imported}; {LOADED}")
    assert loaded & {*CHECKS, *SERVICES, *READERS, "jinja2"} == set()


def test_a_refresh_that_finds_nothing_to_do_needs_neither_checks_nor_the_reader_of_plans() -> None:
    loaded = modules_after(f"import flows.refresh; {LOADED}")
    assert loaded & {*CHECKS, "prefect", "distributed", "docx", "flows.sources.plans.fold"} == set()


def test_reading_a_plan_still_finds_its_reader() -> None:
    code = "from flows.sources.plans import read_plan; plan = read_plan('2026年政务公开工作要点\\n一、公开预算。\\n'.encode(), 'a.txt')"
    loaded = modules_after(f"{code}; assert plan.as_answer()['document']['title']; {LOADED}")
    assert "flows.sources.plans.fold" in loaded
