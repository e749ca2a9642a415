"""Every command block of the READMEs and the guides does what it says, run line by line exactly as it is printed.

A block that needs what a test has not (root, a server, a portal) has a comment with the reason before it. The Chinese guides print the same
commands (tests/test_editions.py).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from exports.catalog import PROJECT_ROOT
from tests.conftest import NO_PORTAL, County

BLOCK = re.compile(r"(?:^<!-- not run by tests: (?P<why>[^\n]+) -->\n)?^ *```(?:sh|bash)\n(?P<lines>.*?)^ *```$", re.MULTILINE | re.DOTALL)
READMES = ("README.md", "README.zh-CN.md")
NOT_RUN = {  # pages with blocks that are not run, and how many: a new one is a decision
    "README.md": 1,
    "README.zh-CN.md": 1,
    "docs/clocks.md": 1,
    "docs/operations.md": 7,
    "docs/portal.md": 3,
    "docs/releases.md": 3,
    "docs/scale-out.md": 1,
}
INCOMPLETE = ("refresh", "ingest", "doctor", "check")  # commands that end with 3 where something was rejected, as in the sample
SHAPES = {  # what each command prints, whatever the figures are
    "annual-report": r"\.xlsx",
    "audit": r"[1-9]\d* 条|问题|\d",
    "diff": r"2026-10-31|^dataset_slug,release_change",
    "doctor": r"[✓✗] \S+：",
    "init": r"Workspace made: ",
    "parse": r"任务 Task",
    "quarantine export": r"\d+ 个文件",
    "quarantine list": r"disclosures",
    "quarantine show": r"来源|source|行 rows|没有",
    "query": r"\w+ .*│",
    "refresh": r"发布包 Release 2026-",
    "review": r"\w",
    "sql": r"(?i)\bselect\b",
    "status": r"\d",
    "template": r"已写出 Written: .*主动公开信息\.xlsx",
    "trace": r"disclosures/|plans/",
    "verify": r"一致 equal",
}


@dataclass(frozen=True)
class Block:
    page: str
    lines: tuple[str, ...]
    why_not: str | None


def blocks() -> Iterator[Block]:
    """Every block of commands of the READMEs and of the pages of docs/ in English."""
    for path in (*(PROJECT_ROOT / name for name in READMES), *sorted((PROJECT_ROOT / "docs").glob("*.md"))):
        for match in BLOCK.finditer(path.read_text("utf-8")):
            lines = tuple(line.strip() for line in match["lines"].splitlines() if line.strip())
            yield Block(path.relative_to(PROJECT_ROOT).as_posix(), lines, match["why"])


RUN = [block for block in blocks() if block.why_not is None]
PAGES = sorted({block.page for block in RUN if block.page not in READMES})


def test_blocks_that_are_not_run_are_counted_and_say_why() -> None:
    left = [block for block in blocks() if block.why_not is not None]
    assert {page: sum(block.page == page for block in left) for page in sorted({block.page for block in left})} == NOT_RUN
    assert len(RUN) >= 12
    assert all(len(block.why_not or "") > 8 for block in left)


def run_printed(block: Block, folder: Path) -> None:
    """Run each line of a block in a folder, as a person pastes it; check code and shape of what it prints."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "120"}
    environment = {name: value for name, value in environment.items() if name not in NO_PORTAL or name == "GONGKAI_WORKSPACE"}
    for line in block.lines:
        done = subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=800, check=False)
        said = f"{block.page}: {line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert done.returncode in ({0, 3} if _may_be_incomplete(line) else {0}), said
        assert "Traceback" not in done.stdout + done.stderr, said
        for command in _commands(line):
            assert re.search(SHAPES[command], _printed(line, done.stdout, folder)), said


def _commands(line: str) -> list[str]:
    """The commands of gongkai in a line, the longest that has a shape."""
    found = re.findall(r"(?:^|[ /;])gongkai ([a-z-]+)(?: ([a-z]+))?", line.partition(" #")[0])
    return [f"{verb} {more}" if f"{verb} {more}" in SHAPES else verb for verb, more in found]


def _may_be_incomplete(line: str) -> bool:
    return any(command in INCOMPLETE for command in _commands(line)[-1:])


def _printed(line: str, output: str, folder: Path) -> str:
    """What a command gave: its output, or the file that the line leads it into."""
    target = re.search(r"> (\S+)", line.partition(" #")[0])
    if target is None:
        return output
    path = folder / target[1]
    if path.suffix == ".parquet":
        counted = duckdb.sql(f"select count(*) from '{path}'").fetchall()
        return f"{counted[0][0]} rows"
    return path.read_text("utf-8-sig")


@pytest.fixture
def newcomer(tmp_path: Path, whole_sample: County) -> Path:
    """A folder as after `python3 start.py`, with two files of a county's own."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    sample = Path(shutil.copytree(whole_sample.root, tmp_path / "sample-workspace", symlinks=True))
    shutil.copy(next((sample / "inbox" / "plans").glob("*.docx")), tmp_path / "2026年工作要点.docx")
    shutil.copy(next((sample / "inbox" / "disclosures").glob("*.xlsx")), tmp_path / "公开台账.xlsx")
    return tmp_path


@pytest.mark.rest
def test_the_readme_works_as_printed(newcomer: Path) -> None:
    for block in (block for block in RUN if block.page == "README.md"):
        run_printed(block, newcomer)
    moved = subprocess.run(
        [".venv/bin/gongkai", "audit", "deadlines_moved", "-w", "sample-workspace"],
        cwd=newcomer,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"[1-9]\d* 条 \(answers\)", moved.stdout)  # the page promises that something moved


def test_the_readmes_print_the_same_commands() -> None:
    english, chinese = ([block.lines for block in RUN if block.page == page] for page in READMES)
    assert [[line.partition(" #")[0].strip() for line in lines] for lines in chinese] == [
        [line.partition(" #")[0].strip() for line in lines] for lines in english
    ]


@pytest.mark.rest
@pytest.mark.parametrize("page", PAGES)
def test_a_guide_works_as_printed(page: str, tmp_path: Path, whole_sample: County, monkeypatch: pytest.MonkeyPatch) -> None:
    county = Path(shutil.copytree(whole_sample.root, tmp_path / "county", symlinks=True))
    if page == "docs/releases.md":  # which compares two releases
        settings = county / "gongkai.yaml"
        text = settings.read_text("utf-8")
        settings.write_text(text.replace("2026-10-31", "2026-09-30"), "utf-8")
        assert County(county).refresh("-q").exit_code == 3
        settings.write_text(text, "utf-8")
        assert County(county).refresh("-q").exit_code == 3
    beside = page in {"docs/clerks.md", "docs/operations.md"}  # which name the workspace; the others are read within it
    monkeypatch.setenv("GONGKAI_WORKSPACE", str(county))
    for block in (block for block in RUN if block.page == page):
        if any("jq " in line for line in block.lines) and shutil.which("jq") is None:
            pytest.skip("jq is not installed")
        run_printed(block, tmp_path if beside else county)
