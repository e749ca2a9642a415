"""Chinese words stand in code tables (sql/reference/, sql/registers/*.csv), not in queries: a count that hangs on a word is mended in one place.

What still holds some is listed below, each with the reason and the number, which may fall and must not rise.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exports.catalog import load_catalog
from flows.warehouse.templates import SQL

PATTERNS = "macros by which Chinese is read, each pattern below a comment that says what it reads"
MESSAGES = "what a finding says to people"
KNOWN = {
    "macros.sql": (43, PATTERNS),
    "core/annual_report.sql": (6, "why a cell stays empty, and what the government is called"),
    "core/annual_report_checks.sql": (9, MESSAGES),
    "core/annual_report_faults.sql": (6, MESSAGES),
    "core/annual_report_printed.sql": (1, "units of measure behind a number"),
    "core/catalogue_coverage.sql": (1, "the source of an interval, as people read it"),
    "core/collective_members.sql": (13, "what a collective expression such as 各镇街 names"),
    "core/findings.sql": (30, MESSAGES),
    "core/receipts.sql": (1, "the name of a day off, as people read it"),
    "core/request_findings.sql": (12, MESSAGES),
    "core/task_references.sql": (2, "the end of a document's number"),
}
HAN = re.compile("[\u4e00-\u9fff]")
TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
TOKEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"", re.DOTALL)


def chinese_literals(text: str) -> list[str]:
    """The literals of a query or template that hold a Chinese character, without its comments."""
    tokens = TOKEN.findall(TEMPLATE_COMMENT.sub("", text))
    return [token[1:-1] for token in tokens if token[0] in "'\"" and HAN.search(token)]


def queries() -> Iterator[tuple[str, str]]:
    for path in sorted([*SQL.rglob("*.sql"), *SQL.rglob("*.sql.j2")]):
        yield path.relative_to(SQL).as_posix(), path.read_text("utf-8")


def test_no_query_holds_a_chinese_word_but_those_that_are_known() -> None:
    found = {name: len(chinese_literals(text)) for name, text in queries()}
    known = {name: count for name, (count, _) in KNOWN.items()}
    assert {name: count for name, count in found.items() if count} == known, "put the word into sql/registers/words.csv or texts.csv"


def test_no_query_holds_a_word_of_a_coded_column() -> None:
    coded = {word for column in load_catalog().columns.values() for word in column.enum or () if HAN.search(word)}
    found = {(name, literal) for name, text in queries() for literal in chinese_literals(text) if literal in coded}
    assert found == set()


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        ("select 1 -- where kind = '罚款'\nfrom x where y = '许可'", ["许可"]),
        ("{# '说明' #}{{ \"用语\" }}, 'plain', 'it''s 好'", ["用语", "it''s 好"]),
        ("/* '块' */ select '--', '甲' -- '乙'", ["甲"]),
        ("select '、', '（'", []),
    ],
)
def test_literals_are_told_from_comments(text: str, literals: list[str]) -> None:
    assert chinese_literals(text) == literals


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_words_of_a_coded_column_are_those_of_the_dictionary() -> None:
    columns = load_catalog().columns
    for row in rows(SQL / "registers" / "words.csv"):
        if enum := getattr(columns.get(row["column_name"]), "enum", None):
            assert row["word"] in enum, row


def test_every_word_and_text_is_used_by_a_template() -> None:
    templates = "".join(text for name, text in queries() if name.endswith(".j2")) + "".join(
        path.read_text("utf-8") for path in (SQL.parent / "flows" / "warehouse").glob("*.py")
    )
    words = {f"word.{row['column_name']}.{row['code']}" for row in rows(SQL / "registers" / "words.csv")}
    assert {word for word in words if word not in templates} == set()
    assert {row["code"] for row in rows(SQL / "registers" / "texts.csv") if not re.search(rf"\b{row['code']}\b", templates)} == set()
