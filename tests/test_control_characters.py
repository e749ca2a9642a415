"""What a name, a title or a cell holds never steers the operator's terminal, nor the one in which the log is read."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path
from typing import cast

import pytest
from rich.table import Table
from typer.testing import CliRunner

from flows.cli.app import app
from flows.cli.console import safe_console
from flows.privacy.redaction import redact_logs, redacted
from flows.sources.locate import locate
from flows.sources.reach import Reach
from flows.workspace.errors import UnreadableSource, finding
from flows.workspace.printable import printable
from flows.workspace.settings import Settings, Source

PLAN = "某局2026年工作要点\n一、公开\x1b]0;owned\x07预算。(责任单位:财务科)\n"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
NAMES = [
    "\x1b[31mred.txt",
    "bell\x07.txt",
    "two\nlines.txt",
    "tab\there.txt",
    "c1\x9b31m.txt",
    "txt.\u202eexe.txt",
    "del\x7f.txt",
    "cr\rover.txt",
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    for name in NAMES:
        (tmp_path / "inbox" / name).write_text(PLAN, "utf-8")
        (tmp_path / "inbox" / f"empty{name}").write_text("", "utf-8")
    (tmp_path / "inbox" / "\x1b[2Jlink.txt").symlink_to("/etc/passwd")
    (tmp_path / "gongkai.yaml").write_text("sources: [{name: plans, kind: plans, location: inbox/**}]\n", "utf-8")
    return tmp_path


def test_no_name_of_a_file_reaches_output_log_or_ledger_with_a_character_that_steers(place: Path) -> None:
    outputs = []
    for command in (["ingest", "-v"], ["doctor"], ["refresh", "-v", "--no-publish"], ["refresh", "--plan"], ["status"]):
        done = CliRunner().invoke(app, [*command, "-w", str(place)])
        assert done.exit_code in {0, 3}, done.output
        outputs.append(done.output)
    assert "red.txt" in "".join(outputs)
    outputs.append((place / "logs" / "gongkai.log").read_text("utf-8"))
    outputs.append((place / "raw" / "ledger.ndjson").read_text("utf-8"))
    assert [STEERING.findall(output) for output in outputs] == [[] for _ in outputs]
    assert not any(re.search(r"(?m)^lines\.txt", output) for output in outputs), "a name is no line of its own"


def test_files_whose_names_look_alike_when_escaped_are_told_apart_and_read(tmp_path: Path) -> None:
    for name in ("a\x1b.txt", r"a\x1b.txt", "b.txt"):
        (tmp_path / name).write_text(name, "utf-8")
    files = locate(Reach.of(tmp_path, Settings()), Source(name="p", kind="plans", location=("*.txt",))).files
    assert len({file.path for file in files}) == 3
    assert {file.open().read().decode() for file in files} == {"a\x1b.txt", r"a\x1b.txt", "b.txt"}


def test_ordinary_names_stay_as_they_are(tmp_path: Path) -> None:
    names = ["2026年\u3000要点（修订）.txt", "a b.txt", "é\u00a0ü.txt", "👨\u200d👩.txt"]
    for name in names:
        (tmp_path / name).write_text(name, "utf-8")
    files = locate(Reach.of(tmp_path, Settings()), Source(name="p", kind="plans", location=("*.txt",))).files
    assert sorted(file.path for file in files) == sorted(f"p/{name}" for name in names)


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\r", "\x9b", "\u202e"])
def test_errors_messages_and_log_records_have_signs_in_their_place(char: str, caplog: pytest.LogCaptureFixture) -> None:
    assert char not in str(UnreadableSource(f"a{char}", f"b{char}", f"c{char}", f"d{char}"))
    assert char not in UnreadableSource("a", f"b{char}", "c", "d").found
    assert char not in redacted(finding(f"a{char}b", "c", "d", "e"))
    redact_logs()
    logging.getLogger("some.library").warning("opened %s", f"a{char}b")
    assert char not in caplog.text


def test_a_console_shows_control_characters_of_texts_and_cells_as_signs_and_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    console = safe_console()
    console.file = io.StringIO()
    monkeypatch.setattr(console, "_force_terminal", True)
    table = Table("a")
    table.add_row("cell \x1b]0;title\x07")
    console.print(table)
    console.print("\x1b[2Jtext", style="red", markup=False)
    text = cast("io.StringIO", console.file).getvalue()
    assert "\x1b]0;" not in text
    assert "\x1b[2J" not in text
    assert "␛]0;title" in text


def test_text_that_steers_nothing_is_left_alone() -> None:
    text = "公开，1\t2\n“é”👩\u200d👩"
    assert printable(text) == text
