"""Chinese words are in code tables (sql/reference/, sql/registers/*.csv), not in queries: a count that depends on a word is corrected in one place.

Files that still hold some are listed below, each with the reason and the number, which may fall and must not rise.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from exports.catalog import load_catalog
from flows.warehouse.templates import SQL, render

PATTERNS = "macros by which Chinese is read, each pattern below a comment that says what it reads"
KNOWN = {
    "macros.sql": (49, PATTERNS),
    "registers/leaving_macros.sql.j2": (2, "how titles of many documents begin and end: of none is it what they are about"),
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


UNUSED = re.compile(r"\b(told|nobody|somebody|anew|deed|mend|(?<!set )aside)\b", re.IGNORECASE)
"""Words that docs/naming.md does not use."""


def test_comments_and_names_of_queries_use_the_words_of_the_naming_page() -> None:
    found = [
        f"{name}, line {number}: {line.strip()}"
        for name, text in queries()
        for number, line in enumerate(text.splitlines(), 1)
        if UNUSED.search(line)
    ]
    assert found == []


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_words_of_a_coded_column_are_those_of_the_dictionary() -> None:
    columns = load_catalog().columns
    for row in rows(SQL / "registers" / "words.csv"):
        if enum := getattr(columns.get(row["column_name"]), "enum", None):
            assert row["word"] in enum, row


def test_every_word_and_text_is_used_by_a_template() -> None:
    templates = "".join(text for _, text in queries()) + "".join(
        path.read_text("utf-8") for path in (SQL.parent / "flows" / "warehouse").glob("*.py")
    )
    words = {f"word.{row['column_name']}.{row['code']}" for row in rows(SQL / "registers" / "words.csv")}
    assert {word for word in words if word not in templates} == set()
    assert {
        row["code"] for row in rows(SQL / "registers" / "texts.csv") if not re.search(rf"\b(text_)?{row['code']}\b", templates)
    } == set()


@pytest.fixture(scope="module")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute((SQL / "macros.sql").read_text("utf-8"))
        connection.execute(render("word_macros"))
        yield connection


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("各镇", {"towns"}),
        ("各乡（镇）、街道", {"towns", "streets"}),
        ("各县、各市（区）", {"regions"}),
        ("各旗政府办", {"regions"}),
        ("各县直单位", {"departments"}),
        ("各区各部门", {"departments"}),
        ("各园区管委会", {"parks"}),
        ("市直各委办局", {"departments"}),
        ("各 州", {"regions"}),
        ("县气象局", set()),
        ("县各中学", set()),
    ],
)
def test_a_collective_expression_means_kinds_of_units(macros: duckdb.DuckDBPyConnection, printed: str, meant: set[str]) -> None:
    kinds = ("towns", "streets", "parks", "departments", "regions")
    row = macros.execute(f"select {', '.join(f'means_{kind}($1)' for kind in kinds)}", [printed]).fetchone()
    assert row is not None
    assert {kind for kind, is_meant in zip(kinds, row, strict=True) if is_meant} == meant


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("text_page(7)", "第7页"),
        ("text_page(null)", None),
        (
            "text_extended_late(date '2031-01-02', date '2031-01-01')",
            "延期告知于 2031-01-02，晚于原期限 2031-01-01，延期无效（条例第三十三条） (extension noticed after the due date)",
        ),
        ("text_total_differs(3::hugeint, 4)", "合计印为 3，各行之和为 4 (printed total is not the sum of its rows)"),
        ("text_document_held_by_decision()", "按人工决定不发布 (held by a person's decision)"),
        ("government_name('溪东县')", "溪东县人民政府"),
        ("government_name(null)", "本级人民政府"),
        ("region_organ_name('各县政府办')", "人民政府办公室"),
        ("region_organ_name('各县')", "人民政府"),
        ("chinese_figure(4)", "四"),
        ("cited_document_number('溪政办〔2031〕8号第12项')", "溪政办〔2031〕8号"),
        ("cited_task_number('溪政办〔2031〕8号第12项')", "第12项"),
        ("cited_task_number('（二）')", "（二）"),
        ("parse_report_figure('1,200.5万元')", 1200.5),
        ("parse_report_figure('-3')", -3),
        ("parse_report_figure('约3')", None),
    ],
)
def test_texts_and_words_are_macros(macros: duckdb.DuckDBPyConnection, query: str, value: object) -> None:
    assert macros.execute(f"select {query}").fetchall() == [(value,)]
