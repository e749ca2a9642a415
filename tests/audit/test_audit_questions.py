"""Every question finds the rows planted for it and none of their look-alikes (questions.yaml)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from exports.catalog import PROJECT_ROOT, load_catalog
from flows.audit import Question, load_questions
from flows.build import build
from flows.orchestration.local import LocalRunner
from flows.sources.ledger import Ledger
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Jurisdiction, Settings, Workspace

AS_OF = date(2026, 10, 31)
CASES: dict[str, dict[str, Any]] = yaml.safe_load((PROJECT_ROOT / "tests/audit/questions.yaml").read_text("utf-8"))
QUESTIONS = load_questions()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse built from an empty inbox: it has every table."""
    settings = Settings(jurisdiction=Jurisdiction(name="澜泽市栖川县", code="990101"), as_of=AS_OF)
    workspace = Workspace(tmp_path_factory.mktemp("empty"), settings)
    Ledger(workspace.raw).record([], [])
    build(workspace, runner=LocalRunner())
    with duckdb.connect(str(workspace.next_warehouse)) as connection:
        yield connection


def plant(connection: duckdb.DuckDBPyConnection, tables: dict[str, list[dict[str, Any]]]) -> None:
    for table, rows in tables.items():
        for row in rows:
            columns, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"insert into {table} ({columns}) values ({marks})", list(row.values()))


def test_every_question_has_its_case_and_every_case_its_question() -> None:
    assert set(CASES) == set(QUESTIONS)
    assert len(QUESTIONS) >= 25


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_finds_the_planted_rows_and_not_their_look_alikes(empty: duckdb.DuckDBPyConnection, question: Question) -> None:
    case = CASES[question.name]
    empty.begin()
    try:
        plant(empty, case["given"])
        empty.execute("set variable as_of = $1::date", [case.get("as_of", AS_OF)])
        answers = empty.execute(question.select).to_arrow_table().to_pylist()
    finally:
        empty.rollback()
    expected = case["answers"]
    shown = [{key: row[key] for key in expected[0]} for row in answers]
    assert shown == expected


def test_every_column_of_an_answer_is_a_column_of_the_dictionary(empty: duckdb.DuckDBPyConnection) -> None:
    known = load_catalog().columns
    empty.execute("set variable as_of = $1::date", [AS_OF])
    strange = {
        (name, column)
        for name, question in QUESTIONS.items()
        for column, *_ in empty.execute(question.select).description or []
        if column not in known
    }
    assert strange == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1\n", "a comment -- 问题？ Question?"),
        ("-- 有什么？ What is there?\nselect * from nowhere\n", "a table named with its schema"),
        ("-- 有什么？ What is there?\nselect * from raw.request_events\n", "a read of raw.request_events"),
        ("-- 有什么？ What is there?\ndelete from core.units\n", "one SELECT"),
    ],
)
def test_a_file_that_is_no_question_is_refused_with_the_reason(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "faulty.sql").write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=r"faulty\.sql") as caught:
        load_questions(tmp_path)
    assert expected in str(caught.value)
