"""The ledger: which address held which bytes from when to when, whatever a crash did to its last line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flows.sources.ledger import LEDGER, Ledger
from flows.sources.locate import SourceFile, locate
from flows.sources.reach import Reach
from flows.workspace.settings import Settings, Source

SETTINGS = Settings(sources=(Source(name="plans", kind="plans", location=("in/**",)),))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    write(tmp_path, "要点.txt", "第一稿")
    return tmp_path


def write(root: Path, name: str, text: str, at: int = 1_000_000_000) -> None:
    path = root / "in" / name
    path.write_text(text, "utf-8")
    os.utime(path, (at, at))


def files(root: Path) -> list[SourceFile]:
    return [file for source in SETTINGS.sources for file in locate(Reach.of(root, SETTINGS), source).files]


def known(root: Path) -> list[bool]:
    ledger = Ledger(root / "raw")
    return [ledger.known_digest(file) is not None for file in files(root)]


def record(root: Path) -> list[str]:
    """One run: what it found gone."""
    ledger, here = Ledger(root / "raw"), files(root)
    gone = ledger.vanished(here)
    ledger.record([(file, file.sha256()) for file in here], gone)
    return gone


def history(root: Path) -> list[tuple[str, bool]]:
    lines = (root / "raw" / LEDGER).read_text("utf-8").splitlines()
    return [(entry["path"], entry["sha256"] is not None) for entry in map(json.loads, lines)]


def test_a_file_recorded_once_is_known_until_its_size_or_date_changes(root: Path) -> None:
    assert known(root) == [False]
    record(root)
    assert known(root) == [True]
    write(root, "要点.txt", "第一稿", at=1_000_000_001)
    assert known(root) == [False]
    record(root)
    write(root, "要点.txt", "第一稿，改", at=1_000_000_001)
    assert known(root) == [False]


def test_a_run_that_finds_nothing_new_writes_nothing(root: Path) -> None:
    record(root)
    before = (root / "raw" / LEDGER).read_bytes()
    assert record(root) == []
    assert (root / "raw" / LEDGER).read_bytes() == before


def test_what_changed_vanished_and_came_back_stays_on_record(root: Path) -> None:
    record(root)
    write(root, "要点.txt", "第二稿", at=1_000_000_002)
    record(root)
    (root / "in" / "要点.txt").unlink()
    assert record(root) == ["plans/要点.txt"]
    assert record(root) == []
    write(root, "要点.txt", "第一稿", at=1_000_000_003)
    record(root)
    assert history(root) == [("plans/要点.txt", True), ("plans/要点.txt", True), ("plans/要点.txt", False), ("plans/要点.txt", True)]
    assert Ledger(root / "raw").last["plans/要点.txt"].sha256 == files(root)[0].sha256()


def test_a_file_whose_server_tells_no_date_is_never_taken_for_known(root: Path) -> None:
    record(root)
    (file,) = files(root)
    undated = SourceFile(file.path, file.source, file.kind, file.url, file.byte_count, "", file.reach)
    Ledger(root / "raw").record([(undated, undated.sha256())], [])
    assert Ledger(root / "raw").known_digest(undated) is None


@pytest.mark.parametrize("lost", range(1, 60, 7))
def test_a_line_that_a_crash_tore_is_no_entry_and_is_written_anew(root: Path, lost: int) -> None:
    write(root, "另一要点.txt", "乙")
    record(root)
    ledger = root / "raw" / LEDGER
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-lost])  # in the midst of a Chinese character, too
    assert sorted(known(root)) == [False, True]
    record(root)
    assert [path for path, _ in history(root)] == [path for path, _ in map(entry_of, whole.splitlines())]
    assert known(root) == [True, True]


def entry_of(line: bytes) -> tuple[str, str]:
    entry = json.loads(line)
    return entry["path"], entry["sha256"]


def test_a_name_with_a_line_separator_is_one_line_of_the_ledger(root: Path) -> None:
    write(root, "甲\u2028乙\x85丙.txt", "丁")
    record(root)
    assert known(root) == [True, True]


def at(path: str, digest: str | None, minute: int) -> str:
    size, stamp = (3, "size=3") if digest else (None, None)
    entry = {"at": f"2026-01-01T00:{minute:02}:00.000+00:00", "path": path, "source": "plans", "kind": "plans"}
    return json.dumps(entry | {"byte_count": size, "stamp": stamp, "sha256": digest}, ensure_ascii=False)


def test_secrets_in_a_ledger_of_an_earlier_version_are_taken_out_and_its_addresses_are_known_on(root: Path) -> None:
    path = root / "raw" / LEDGER
    path.parent.mkdir()
    lines = [
        at("plans/a.html?token=first", "a1", 0),
        at("plans/甲.txt", "b1", 0),
        at("plans/a.html?token=second", "a1", 1),  # the token changed: what stood under the old one was written down as gone
        at("plans/a.html?token=first", None, 1),
        at("plans/c.html?key=third", "c1", 2),
        at("plans/c.html?key=third", None, 3),
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    ledger = Ledger(root / "raw")
    text = path.read_text("utf-8")
    assert not any(secret in text for secret in ("first", "second", "third"))
    assert history(root) == [
        ("plans/a.html?token=…", True),
        ("plans/甲.txt", True),
        ("plans/a.html?token=…", True),
        ("plans/c.html?key=…", True),
        ("plans/c.html?key=…", False),
    ]
    page = SourceFile(
        "plans/a.html?token=…", "plans", "plans", "https://data.example.org/a.html?token=third-token", 3, "size=3", Reach(root)
    )
    assert ledger.known_digest(page) == "a1"
    assert ledger.vanished([page]) == ["plans/甲.txt"]
    ledger.record([(page, "a1")], [])
    assert path.read_text("utf-8") == text
    assert [one.name for one in path.parent.iterdir()] == [LEDGER]
