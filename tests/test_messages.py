"""What the program says to people: every message has its Chinese, with the same facts in it, and no error is said outside the catalogue."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from exports.catalog import PROJECT_ROOT
from exports.messages import CATALOGUE, Message, _, _catalogue, listed
from flows.workspace.errors import ConfigurationError, UnreadableSource, finding

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"^(?!gongkai [a-z-]+$).*[A-Za-z]{2,} [A-Za-z]{2,}", re.DOTALL)  # a command's name is no prose
SAID = re.compile(
    r"^(?:finding|reason|\w+Error|UnreadableSource|\w+Unavailable|\w+Busy|PrivateData|\w+Refused|\w+NotAnswering|\w+TooLarge|BigChange)$"
)
SHOWN = re.compile(r"^(?:print|say|progress|wrong_use|confirm|log_line)$")
COMMAND = re.compile(r"gongkai [a-z-]+(?: [^\u4e00-\u9fff]*)?")
BOTH = re.compile(r"[\u4e00-\u9fff].*[A-Za-z]{2,}|[A-Za-z]{2,}.*[\u4e00-\u9fff]", re.DOTALL)
ROOMS = ("flows/cli", "flows/reports", "flows/publication", "flows/orchestration/artifacts.py", "flows/orchestration/local.py")
BOTH_WHEREVER_READ = {"flows/reports/audit_workbook.py"}  # a workbook has both languages
BOTH_WHEREVER_READ |= {"flows/publication/redact.py"}  # the record of a redaction is public
PYTHON_ERRORS = {"ValueError", "TypeError", "KeyError", "RuntimeError", "AssertionError", "OSError", "NotImplementedError", "LookupError"}


def said() -> dict[str, str]:
    """Each text in the code that is marked for the catalogue, with the file where it stands."""
    keywords = {"_": None, "N_": None}
    return {
        message: f"{folder}/{file}:{line}"
        for folder in ("flows", "exports")
        for file, line, message, *_rest in extract_from_dir(PROJECT_ROOT / folder, [("**.py", "python")], keywords=keywords)
        if isinstance(message, str)
    }


def catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale="zh_CN", abort_invalid=True) if entry.id}


def places(text: str) -> list[str]:
    """The facts that a text names, with their formats."""
    return sorted(f"{name}!{conversion}:{form}" for _before, name, form, conversion in Formatter().parse(text) if name is not None)


def test_every_message_has_its_chinese_and_none_stands_there_that_nobody_says() -> None:
    texts, chinese = said(), catalogue()
    assert len(texts) > 30
    assert [f"{place}: {text}" for text, place in texts.items() if not chinese.get(text)] == []
    assert sorted(set(chinese) - set(texts)) == []


def test_both_languages_name_the_same_facts_and_each_is_written_in_its_own_signs() -> None:
    for english, chinese in catalogue().items():
        assert places(english) == places(chinese), english
        assert not CHINESE.search(english), english
        assert CHINESE.search(chinese) or not re.search(r"[A-Za-z]{2,}", re.sub(r"\{[^}]*\}|`[^`]*`", "", english)), english


def outside_the_catalogue(path: Path) -> Iterator[str]:
    """The words of a file's errors that stand in no message: literals given to what makes an error or a finding."""
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call) and SAID.match(name := ast.unparse(call.func).rpartition(".")[2]) and name not in PYTHON_ERRORS:
            for word in (*call.args, *(keyword.value for keyword in call.keywords)):
                yield from (
                    f"{path.relative_to(PROJECT_ROOT)}:{word.lineno}: {text}"
                    for text in literals(word)
                    if CHINESE.search(text) or WORDS.search(text)
                )


def shown_outside_the_catalogue(path: Path) -> Iterator[str]:
    """Literals with English words that are given to what shows them to a person."""
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call) and SHOWN.match(ast.unparse(call.func).rpartition(".")[2]):
            for word in (arg for arg in call.args if not (isinstance(arg, ast.Constant) and str(arg.value).isupper())):  # DATASET KEY
                yield from (
                    f"{path.relative_to(PROJECT_ROOT)}:{word.lineno}: {text}"
                    for text in literals(word)
                    if CHINESE.search(text) or WORDS.search(COMMAND.sub("", text))
                )


def in_both_languages(path: Path) -> Iterator[str]:
    """Literals in which both languages stand at once; not the help of commands, which Typer takes as plain texts, nor commands to copy."""
    tree = ast.parse(path.read_text("utf-8"))
    spared = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    spared |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "help"}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            spared |= {id(part) for part in node.values}
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spared:
            text = node.value
        else:
            continue
        if BOTH.search(text) and not COMMAND.match(text):
            yield f"{path.relative_to(PROJECT_ROOT)}:{node.lineno}: {text}"


def literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        return  # its own arguments are looked at where it makes an error itself; `_` is the catalogue's
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for inner in ast.iter_child_nodes(node):
        yield from literals(inner)


def test_no_error_is_said_outside_the_catalogue() -> None:
    files = [path for folder in ("flows", "exports") for path in sorted((PROJECT_ROOT / folder).rglob("*.py"))]
    assert [found for path in files for found in outside_the_catalogue(path)] == []


def test_nothing_is_shown_outside_the_catalogue() -> None:
    files = [path for folder in ("flows", "exports") for path in sorted((PROJECT_ROOT / folder).rglob("*.py"))]
    written = {PROJECT_ROOT / "flows" / "docs", PROJECT_ROOT / "exports" / "pages"}  # their makers speak to whoever changes the program
    assert [found for path in files if path.parent not in written for found in shown_outside_the_catalogue(path)] == []


def test_no_text_that_is_shown_is_written_in_both_languages_at_once() -> None:
    places = [PROJECT_ROOT / room for room in ROOMS]
    files = [path for place in places for path in ([place] if place.is_file() else sorted(place.rglob("*.py")))]
    wanted = [path for path in files if path.relative_to(PROJECT_ROOT).as_posix() not in BOTH_WHEREVER_READ]
    assert len(wanted) > 30
    assert [found for path in wanted for found in in_both_languages(path)] == []


def test_the_checks_find_what_is_shown_in_both_languages_or_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_messages.PROJECT_ROOT", tmp_path)
    source = tmp_path / "faulty.py"
    source.write_text(
        '"""说明 what it does."""\nconsole.print(f"已完成 {n} done", "see gongkai status --json", "nothing is left", _("all is well"))\n',
        "utf-8",
    )
    assert [found.partition(": ")[2] for found in in_both_languages(source)] == ["已完成 {} done"]
    assert [found.partition(": ")[2] for found in shown_outside_the_catalogue(source)] == ["已完成 ", "nothing is left"]


def test_the_catalogue_is_read_as_babel_reads_it() -> None:
    assert _catalogue() == {english: chinese for english, chinese in catalogue().items() if chinese}


def test_the_check_finds_words_outside_the_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_messages.PROJECT_ROOT", tmp_path)
    source = tmp_path / "faulty.py"
    source.write_text('raise ConfigurationError(finding(str(path), f"no {thing} here now", _("a thing"), "请补上 Add it."))\n', "utf-8")
    assert [found.partition(": ")[2] for found in outside_the_catalogue(source)] == [" here now", "请补上 Add it."]


def test_a_message_is_both_languages_or_each_alone() -> None:
    message = _("a list of length {length}", length=3)
    assert (message.zh, message.en, str(message)) == ("一个 3 项的列表", "a list of length 3", "一个 3 项的列表 a list of length 3")
    nested = _("{what}, such as {example}", what=message, example="a, b")
    assert (nested.zh, nested.en) == ("一个 3 项的列表，如 a, b", "a list of length 3, such as a, b")
    assert listed(["甲", message]).zh == "甲、一个 3 项的列表"


def test_a_message_without_chinese_is_said_in_english_and_once() -> None:
    text = "words that nobody has translated"
    assert str(_(text)) == text


@pytest.mark.parametrize("part", ["{", "}", "{0}", "{path}"])
def test_facts_may_hold_any_signs(part: str) -> None:
    assert _("an unknown key").en in finding(part, part, _("an unknown key"), part).en
    assert part in _("{path}: {place}", path=part, place="x")


def test_an_error_keeps_both_languages_through_a_pickle() -> None:
    error = ConfigurationError(finding("设置.yaml", _("an unknown key"), _("a number"), _("See docs/settings.md.")))
    said_again = pickle.loads(pickle.dumps(error)).args[0]
    assert isinstance(said_again, Message)
    assert said_again.zh == "设置.yaml：发现未知的键；应为数字。见 docs/zh/settings.md。"
    assert said_again.en == "设置.yaml: found an unknown key; expected a number. See docs/settings.md."


def test_the_reason_of_a_rejection_is_the_sentence_without_its_place() -> None:
    error = UnreadableSource("甲.csv", _("nothing"), _("a list"), _("The next run reads it."))
    assert error.reason.zh == "发现没有填写；应为列表。下次运行会再读。"
    assert error.reason.en == "found nothing; expected a list. The next run reads it."
