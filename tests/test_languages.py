"""`--lang`: every command says what it says in Chinese, in English, or in both, from one county; machine outputs stay as they are."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.main import get_command

from exports.catalog import load_catalog
from exports.messages import Language, Message, _, arranged, as_message, choose_language, joined, reason, spoken, words_of
from flows.cli.app import app
from flows.cli.languages import HELP, language_first
from tests.conftest import County, gongkai

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
SENTENCE = re.compile(r"(?<![\w./`<|$-])[A-Za-z]{2,}(?:,? [a-z]{2,}){2,}")
OF_OTHERS = re.compile(r"gongkai [^，。；）│]*|^ ?(?:Usage|Try) .*$|File is not a zip file|syntax error at or near|`[^`]*`", re.MULTILINE)
"""Commands to copy, the frame that Typer puts around wrong use, and what libraries found."""

LOOKS = (
    "status",
    "audit --list",
    "audit",
    "audit tasks_overdue",
    "explain",
    "explain overdue",
    "explain no_such_kind",
    "doctor",
    "trace disclosures QC03/2026-00125 days_late",
    "trace plan_documents 栖公开办〔2026〕3号",
    "trace units nobody",
    "verify",
    "releases",
    "quarantine list",
    "quarantine show disclosures --limit 3",
    "quarantine export --to {folder}/mend",
    "quarantine export --all --to {folder}/mend",
    "review",
    "review --out {folder}/names.csv",
    "diff",
    "refresh --plan",
    "query nonsense",
    "query from core.units limit 1",
    "forget plans",
    "rollback latest",
    "prove",
    "annual-report --year 2025 --to {folder}/reports",
    "ingest",
    "build",
    "check",
    "release",
    "publish",
    "publish --plan",
    "redact",
    "refresh",
    "refresh -q",
)
WITHOUT_WORKSPACE = (
    "init {folder}/new",
    "init {county}",
    "status -w {folder}/nowhere",
    "parse {county}/inbox/plans/2026-key-points.txt",
    "parse {county}/inbox/plans/2026-liujian-town.docx",
    "sql core.nothing",
    "template nothing",
    "template units --out {folder}",
    "new dataset 不行",
    "refresh-all {county}",
)
OURS = {
    "finding_text",
    "remedy_text",
    "remedy_texts",
    "loss_text",
    "loss_remedy",
    "reject_reason",
    "reject_place",
    "note_text",
    "rule_name",
}


@pytest.fixture(scope="module")
def place(whole_sample: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the refreshed county, for commands that write where nothing is to be done."""
    return Path(shutil.copytree(whole_sample.root, tmp_path_factory.mktemp("languages") / "county", symlinks=True))


@pytest.fixture(scope="module")
def data(place: Path) -> str:
    """All that the county's files and the reference tables hold, and the headers that clerks use: what no translation touches."""
    texts = [header for register in load_catalog().registers.values() for header in register.names_by_header]
    with duckdb.connect(str(place / "warehouse.duckdb"), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name, data_type from information_schema.columns "
            "where table_schema in ('raw', 'reference', 'core', 'quarantine') and data_type in ('VARCHAR', 'VARCHAR[]')"
        ).fetchall()
        for schema, table, column, _kind in columns:
            if column not in OURS:
                query = f'select distinct "{column}"::varchar from "{schema}"."{table}" where "{column}" is not null'
                texts += [text for (text,) in connection.execute(query).fetchall()]
    return "\n".join([*texts, *(path.as_posix() for path in (place / "inbox").rglob("*"))])


@pytest.fixture(autouse=True)
def both_again() -> Iterator[None]:
    yield
    choose_language(Language.both)


def run(words: str, place: Path, folder: Path, language: str) -> str:
    with_workspace = words in LOOKS
    said = [part.format(folder=folder, county=place) for part in words.split(" ")]
    if said[0] == "query":
        said = ["query", " ".join(said[1:])]
    done = gongkai(*said, *(["-w", place] if with_workspace else []), "--lang", language)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return re.sub(r"│\n│", "", done.output)


@pytest.mark.parametrize("words", [*LOOKS, *WITHOUT_WORKSPACE])
def test_in_chinese_no_english_sentence_is_said(words: str, place: Path, tmp_path: Path) -> None:
    output = run(words, place, tmp_path, "zh")
    assert CHINESE.search(output)
    assert SENTENCE.findall(OF_OTHERS.sub("", output)) == [], output


@pytest.mark.parametrize("words", [*LOOKS, *WITHOUT_WORKSPACE])
def test_in_english_no_chinese_is_said_but_that_of_the_data(words: str, place: Path, data: str, tmp_path: Path) -> None:
    output = run(words, place, tmp_path, "en")
    assert re.search(r"[A-Za-z]{3}", output)
    assert [run for run in CHINESE.findall(output) if run not in data and run not in words] == [], output


def test_both_languages_are_said_unless_one_is_chosen(whole_sample: County) -> None:
    both = gongkai("releases", "-w", whole_sample.root).output
    assert "个发布" in both
    assert "releases" in both


def test_the_option_stands_before_or_behind_the_command_or_in_the_environment(
    whole_sample: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["releases", "-w", whole_sample.root]
    said = {gongkai("--lang", "en", *words).output, gongkai(*words, "--lang=en").output}
    monkeypatch.setattr("tests.conftest.NO_PORTAL", {"GONGKAI_LANG": "en"})
    said.add(gongkai(*words).output)
    assert len(said) == 1
    assert not CHINESE.search(said.pop())


def test_the_settings_name_the_language_and_the_option_overrides_them(sample: County) -> None:
    settings = sample.root / "gongkai.yaml"
    settings.write_text(settings.read_text("utf-8") + "language: zh\n", "utf-8")
    assert " releases" not in gongkai("releases", "-w", sample.root).output
    assert "个发布" not in gongkai("releases", "-w", sample.root, "--lang", "en").output
    assert " releases" in gongkai("releases", "-w", sample.root, "--lang", "both").output


def test_a_language_that_is_none_is_wrong_use(whole_sample: County) -> None:
    assert gongkai("status", "-w", whole_sample.root, "--lang", "fr").exit_code == 2


def test_json_and_csv_are_the_same_in_every_language(whole_sample: County) -> None:
    for words in (
        ["status", "--json"],
        ["doctor", "--json"],
        ["releases", "--format", "csv"],
        ["audit", "tasks_overdue", "--format", "json"],
    ):
        answers = {gongkai(*words, "-w", whole_sample.root, "--lang", language).stdout for language in Language}
        assert len(answers) == 1, words
    json.loads(gongkai("status", "--json", "-w", whole_sample.root, "--lang", "en").stdout)


def test_what_stands_behind_two_dashes_is_no_option() -> None:
    assert language_first(["query", "x", "--lang", "en", "-w", "y"]) == ["--lang", "en", "query", "x", "-w", "y"]
    assert language_first(["query", "--", "--lang", "en"]) == ["query", "--", "--lang", "en"]
    assert language_first(["query", "--lang"]) == ["--lang", "query"]


def test_help_follows_the_language() -> None:
    zh, en, both = (gongkai("refresh", "--help", "--lang", language).output for language in ("zh", "en", "both"))
    assert "全流程" in zh
    assert "All of it" not in zh
    assert "全流程" not in en
    assert "All of it" in en
    assert "全流程" in both
    assert "All of it" in both


def test_every_help_text_is_chinese_and_then_english() -> None:
    texts = dict(_help_texts(get_command(app), "gongkai"))
    assert len(texts) > 80
    assert [f"{name}: {text}" for text, name in texts.items() if not HELP.fullmatch(text)] == []
    for text in texts:
        zh, en = HELP.fullmatch(text).groups()  # type: ignore[union-attr]
        assert CHINESE.search(zh), text
        assert not SENTENCE.search(zh), text
        assert not CHINESE.search(en), text


def _help_texts(command: object, name: str) -> Iterator[tuple[str, str]]:
    if text := getattr(command, "help", None):
        yield text, name
    for parameter in getattr(command, "params", ()):
        if (text := getattr(parameter, "help", None)) and "completion" not in str(parameter.name):
            yield text, f"{name} {parameter.name}"
    for below, inner in getattr(command, "commands", {}).items():
        yield from _help_texts(inner, f"{name} {below}")


def test_messages_that_are_put_together_keep_their_languages() -> None:
    count = _("{count} files", count=3)
    assert isinstance(" 1 " + count + ": a", Message)
    assert (count + ": a").zh == "3 个文件: a"
    assert str(_("Rows") + ": 5") == "行数 Rows: 5"
    line = arranged("{path}：{what}（{more}）、", path="a.csv", what=_("Rows"), more=count)
    assert (line.zh, line.en) == ("a.csv：行数（3 个文件）、", "a.csv: Rows (3 files), ")
    assert joined("；", ["甲", count]).en == "甲; 3 files"
    assert spoken("text") == "text"


@pytest.mark.parametrize(
    ("stored", "zh", "en"),
    [
        (str(reason(_("nothing"), _("a list"), _("The next run reads it."))), "发现没有填写；应为列表。下次运行会再读。", None),
        ("每行都有日期 (every row has a day)", "每行都有日期", "every row has a day"),
        ("a b/c.csv, 第 24 条记录 record 24", "a b/c.csv, 第 24 条记录", "a b/c.csv, record 24"),
        ("少了 5 行 five rows are gone", "少了 5 行", "five rows are gone"),
    ],
)
def test_a_text_that_was_stored_in_both_languages_is_a_message_again(stored: str, zh: str, en: str | None) -> None:
    found = as_message(stored)
    assert isinstance(found, Message)
    assert found.zh == zh
    assert found.en == en or en is None
    assert str(found) == stored


@pytest.mark.parametrize("text", ["甲 乙.docx", "见 gongkai.yaml", "（二）责任单位 (县财政局)", "plans (copy).txt", "第 3 行", ""])
def test_a_text_in_one_language_stays_as_it_is(text: str) -> None:
    assert as_message(text) == text
    assert not isinstance(as_message(text), Message)


def test_an_error_says_its_message() -> None:
    assert words_of(ValueError("plain")) == "plain"
    assert isinstance(words_of(ValueError(_("nothing"))), Message)
