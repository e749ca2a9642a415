"""Whatever a user does wrong is said in a sentence, with the exit code that the help names, and never as a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import a_county, gongkai

SETTINGS = """sources:
  - {name: units, kind: units, location: "inbox/units/*"}
"""
WRONG_SETTINGS = {
    "sources: [1\n": "no YAML",
    "as_of: 2026-31-10\n" + SETTINGS: "不存在的日期",
    "as_of: soon\n" + SETTINGS: "2026-10-31",
    "source:\n  - {name: a, kind: units, location: x}\n": "did you mean `sources`",
    "sources:\n  - {name: a, knd: units, location: x}\n": "did you mean `kind`",
    "sources:\n  - {name: a, kind: units}\n": "sources.0.location: found nothing",
    "sources:\n  - {name: a, kind: unitss, location: x}\n": "unitss",
    "sources: 3\n": "列表",
    "sources: []\n": "at least one source",
    'contact: {name: 某县政府办, telephone: "13800138000"}\n' + SETTINGS: "contact.telephone",
    "publisher: {name: 某县政府办, code: 123}\n" + SETTINGS: "publisher.code",
    "filing: {openness: 全部开放}\n" + SETTINGS: "filing.openness",
    "max_loss: {default: much}\n" + SETTINGS: "max_loss",
    "- 1\n- 2\n": "mapping",
}
BEFORE_ITS_TIME = (
    ["build"],
    ["check"],
    ["release"],
    ["publish"],
    ["query", "select 1"],
    ["audit"],
    ["explain"],
    ["quarantine", "list"],
    ["review"],
)
WRONG_WORDS = (
    ["query", ""],
    ["query", "selec 1"],
    ["query", "drop view marts.units"],
    ["query", "from nowhere"],
    ["audit", "no_such_question"],
    ["explain", "no_such_kind"],
    ["quarantine", "show", "no_such_table"],
    ["forget", "no_such_source"],
    ["refresh", "--accept-loss", "no_such_dataset"],
    ["backfill", "--from", "2027-01-01"],
    ["annual-report", "--year", "2025", "--to", "reports", "--unit", "无此单位"],
)


@pytest.mark.parametrize("text", WRONG_SETTINGS, ids=range(len(WRONG_SETTINGS)))
def test_wrong_settings_are_said_with_their_key(tmp_path: Path, text: str) -> None:
    (tmp_path / "gongkai.yaml").write_text(text, "utf-8")
    done = gongkai("ingest", "-w", tmp_path)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)  # no error that nobody caught
    assert WRONG_SETTINGS[text] in done.output


@pytest.mark.parametrize("words", BEFORE_ITS_TIME, ids=" ".join)
def test_a_command_before_its_time_says_what_comes_first(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "gongkai.yaml").write_text(SETTINGS, "utf-8")
    done = gongkai(*words, "-w", tmp_path)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)  # no error that nobody caught
    assert "gongkai " in done.output


@pytest.mark.parametrize("words", WRONG_WORDS, ids=" ".join)
def test_wrong_words_are_said(placed: Path, words: list[str]) -> None:
    done = gongkai(*words, "-w", placed)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)  # no error that nobody caught
    assert "Error" in done.output


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_county(tmp_path_factory.mktemp("placed"), {"units/units.csv": "单位名称\n县气象局\n".encode()}).placed().root


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "gongkai.yaml").write_text(SETTINGS, "utf-8")
    (tmp_path / "inbox" / "units").mkdir(parents=True)
    (tmp_path / "raw").write_text("a file where a folder should be", "utf-8")
    done = gongkai("ingest", "-w", tmp_path)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)  # no error that nobody caught
    assert str(tmp_path) in done.output


def test_the_version_is_said() -> None:
    done = gongkai("--version")
    assert (done.exit_code, done.output.split()[0]) == (0, "gongkai")
