"""The questions an auditor asks, each one SELECT in `sql/audit/`, and their answers from the current warehouse.

A file's first line is its question, Chinese first; the comment lines under it say what an answer means and on which article it
rests. The day for which it is asked is the variable `as_of`, so that a question can also be asked in DuckDB's own shell:

    set variable as_of = date '2026-10-31';
    .read sql/audit/published_before_made.sql
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.messages import N_, Message, _, listed
from flows.reports.audit_workbook import SOURCES, Answered, write_audit_workbook
from flows.warehouse.models import tables_read
from flows.warehouse.templates import SQL
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace

QUESTIONS = SQL / "audit"
AS_OF = "as_of"
LAYERS = frozenset({"raw", "reference", "staging", "core"})
ON_RECORD = "raw.sources"  # the one raw table that stays in the warehouse and holds no text of a source
_QUESTION = re.compile(r"-- (?P<zh>[^？]+？) (?P<en>[A-Z].+\?)$")
_NOTE = re.compile(r"-- (?P<zh>.+。) (?P<en>[A-Z\d].+)$")


@dataclass(frozen=True)
class Question:
    """One question: `name` is the file's stem, `note_zh` and `note_en` say what its answers mean and on which article it rests, `reads` names
    the tables it queries.
    """

    name: str
    zh: str
    en: str
    note_zh: str
    note_en: str
    select: str
    reads: tuple[str, ...]

    @property
    def title(self) -> Message:
        """The question in both languages."""
        return Message(self.zh, self.en)

    @property
    def note(self) -> Message:
        """The note in both languages; empty where there is none."""
        return Message(self.note_zh, self.note_en)


@dataclass(frozen=True)
class Audit:
    """The result of an audit: the day it was asked for, and the number of answers to each question."""

    as_of: date
    counts: Mapping[str, int]


def load_questions(folder: Path = QUESTIONS) -> dict[str, Question]:
    """Every question of `folder`, by name.

    Raises:
        ConfigurationError: a file's first line is no question in both languages, or another line of its comment no note in both, it is no
            single SELECT, or it asks a table that the warehouse does not keep.
    """
    with duckdb.connect() as connection:
        return {path.stem: _question(connection, path) for path in sorted(folder.glob("*.sql"))}


def find_question(name: str, questions: Mapping[str, Question]) -> Question:
    """The question of that name.

    Raises:
        ConfigurationError: there is none; the message names the closest match.
    """
    if name in questions:
        return questions[name]
    near = get_close_matches(name, questions, n=3, cutoff=0.4)
    expected = _("the name of a question, such as {names}", names=listed(near or list(questions)[:3]))
    raise ConfigurationError(finding("gongkai audit", repr(name), expected, _("All of them: gongkai audit --list")))


def ask(workspace: Workspace, question: Question, as_of: date | None = None) -> pa.Table:
    """The answers to one question, a row each, as of a day (left out: the day for which the warehouse was built).

    Raises:
        ConfigurationError: there is no warehouse, or it was built by a version that lacks a table of the question.
    """
    with _open(workspace, as_of) as connection:
        return _answers(connection, question)


def audit(workspace: Workspace, *, runner: Runner, names: Sequence[str] = (), as_of: date | None = None) -> Audit:
    """Ask every question, or those of `names`, and count the answers.

    Raises:
        ConfigurationError: as `ask` and `find_question`.
    """
    questions = load_questions()
    asked = [find_question(name, questions) for name in names] or list(questions.values())
    with _open(workspace, as_of) as connection:
        counted = runner.map_items(N_("auditing"), lambda question: _answers(connection, question).num_rows, asked)
        counts = {question.name: count for question, count in zip(asked, counted, strict=True)}
        row = connection.execute(f"select getvariable('{AS_OF}')").fetchone()
    assert row is not None
    return Audit(row[0], counts)


def audit_workbook(workspace: Workspace, target: Path, names: Sequence[str] = (), as_of: date | None = None) -> Audit:
    """Write every question, or those of `names`, with its answers and the source files into the workbook `target`; gives the numbers of answers.

    Raises:
        ConfigurationError: as `ask` and `find_question`; or the file cannot be written.
    """
    questions = load_questions()
    asked = [find_question(name, questions) for name in names] or list(questions.values())
    with _open(workspace, as_of) as connection:
        answered = [Answered(one.name, one.zh, one.en, one.note, _answers(connection, one)) for one in asked]
        sources = connection.execute(SOURCES).to_arrow_table()
        row = connection.execute(f"select getvariable('{AS_OF}')").fetchone()
    assert row is not None
    try:
        write_audit_workbook(target, answered, sources, workspace.catalog, row[0])
    except OSError as error:
        found, expected = _("a place that cannot be written ({reason})", reason=error.strerror), _("an .xlsx file that can be written")
        raise ConfigurationError(finding(str(target), found, expected, _("Name another file."))) from error
    return Audit(row[0], {one.name: one.answers.num_rows for one in answered})


def _open(workspace: Workspace, as_of: date | None) -> duckdb.DuckDBPyConnection:
    """The warehouse, read-only and cut off from files and networks, with the day set."""
    if not workspace.warehouse.exists():
        raise ConfigurationError(finding(str(workspace.warehouse), _("no warehouse"), _("one to ask"), _("Run: gongkai refresh")))
    connection = duckdb.connect(str(workspace.warehouse), read_only=True)
    connection.execute("set enable_external_access = false")
    day = "(select as_of_on from reference.run)" if as_of is None else f"date '{as_of.isoformat()}'"
    connection.execute(f"set variable {AS_OF} = {day}")
    return connection


def _answers(connection: duckdb.DuckDBPyConnection, question: Question) -> pa.Table:
    try:
        return connection.execute(question.select).to_arrow_table()
    except duckdb.CatalogException as error:
        place, remedy = f"sql/audit/{question.name}.sql", _("The warehouse is older than this version: run gongkai refresh.")
        raise ConfigurationError(finding(place, str(error).split("\n", maxsplit=1)[0], _("the tables that it asks"), remedy)) from error


def _question(connection: duckdb.DuckDBPyConnection, path: Path) -> Question:
    text = path.read_text("utf-8")
    comment = [line for line in text.split("\nselect ", 1)[0].split("\nwith ", 1)[0].split("\n") if line.startswith("--")]
    first = _QUESTION.match(comment[0]) if comment else None
    if first is None:
        found, expected = repr(text.split("\n", maxsplit=1)[0][:60]), _("a comment {example}", example="-- 问题？ Question?")
        raise ConfigurationError(finding(_line(path, 1), found, expected, _("Write the question in both languages.")))
    notes = [_note(path, number, line) for number, line in enumerate(comment[1:], start=2)]
    reads = tuple(sorted(set(tables_read(connection, path, text))))
    if strange := [name for name in reads if not _is_kept(name)]:
        expected = _("tables of {layers}, or {table}", layers=listed(sorted(LAYERS - {"raw"})), table=ON_RECORD)
        found = _("a read of {table}", table=strange[0])
        raise ConfigurationError(finding(str(path), found, expected, _("Ask the table that stays in the warehouse.")))
    note_zh, note_en = "".join(zh for zh, _en in notes), " ".join(en for _zh, en in notes)
    return Question(path.stem, first["zh"], first["en"], note_zh, note_en, text, reads)


def _note(path: Path, number: int, line: str) -> tuple[str, str]:
    """The two halves of a line of the note."""
    if (both := _NOTE.match(line)) is None:
        expected = _("a comment {example}", example="-- 说明。 Note.")
        raise ConfigurationError(finding(_line(path, number), repr(line[:60]), expected, _("Write the note in both languages.")))
    return both["zh"], both["en"]


def _line(path: Path, number: int) -> Message:
    return _("{file}, line {line}", file=path, line=number)


def _is_kept(table: str) -> bool:
    layer = table.split(".", maxsplit=1)[0]
    return layer in LAYERS and (layer != "raw" or table == ON_RECORD)
