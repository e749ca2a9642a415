"""What a row of a register says on whether it may leave, whatever the header above it: attribute, secrecy, review, withdrawal.

A header asks a question (`公开范围`, `密级`, `审核意见`, `下架时间` …) or none; below a question every cell is an answer, and one that is
not understood is an answer that is not known. Below any other header only cells that are such words themselves count; where half
of a column are, the column is one of them. Words, headers and patterns are tables of `sql/reference/leaving_*.csv`, each with its
source (政府信息公开条例 13 to 17, 27, 37; 保守国家秘密法 14; 行政处罚法 48); docs/what-leaves.md is written from them.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb

from exports.catalog import PROJECT_ROOT
from exports.sql_text import literal

REFERENCE = PROJECT_ROOT / "sql" / "reference"
TABLES = tuple(REFERENCE / f"leaving_{name}.csv" for name in ("headers", "words", "patterns"))
TYPE = "struct(header varchar, question varchar, says varchar)[]"

# What a cell is held against, for each question: word lists first, patterns next, and what it says where none of them knows it.
CHAINS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str | None]] = {
    "attribute": (("attribute", "review"), ("attribute",), "unknown_attribute"),
    "is_public": (("is_public", "attribute"), ("attribute",), "unknown_attribute"),
    "is_on_request": (("is_on_request", "attribute"), ("attribute",), "unknown_attribute"),
    "is_withheld": (("is_withheld", "attribute"), ("attribute",), "unknown_attribute"),
    "is_secret": (("is_secret", "attribute"), ("is_secret",), "unknown_attribute"),
    "is_withdrawn": (("is_withdrawn",), ("is_withdrawn",), "unknown_withdrawal"),
    "is_online": (("is_online", "is_withdrawn"), ("is_online",), "unknown_withdrawal"),
    "review": (("review", "is_approved"), ("review",), "unknown_review"),
    "withheld_reason": (("is_withheld",), (), "withheld"),
    "remark": ((), ("remark", "any"), None),
    "unknown": ((), ("any", "unknown"), None),
    "any": ((), ("any",), None),
    "title": ((), ("title",), None),
    "heading": ((), ("heading",), None),
    "note": ((), ("note",), None),
}
ABOUT_OTHERS = "about_others"  # a pattern that others name as `{about_others}` in what they leave out: a guide to 依申请公开 holds nothing
ASKING = frozenset(CHAINS) - {"remark", "unknown", "any", "title", "heading", "note"}
AT_ONCE = 40  # columns that one statement asks
SILENT = ("nothing", "public", "approved")  # what opens nothing that was closed
# Words that mean this wherever they stand; others (社会, 密, 待定) do so only below a header that asks.
PLAIN_ATTRIBUTE = re.compile("公开|依申请|^(秘密|机密|绝密|工作秘密|国家秘密|涉密|密件)|^内部|外传")
PLAIN_REVIEW = re.compile("[审批签驳]|退回|通过|公开|发布")
QUICK = "公.{0,2}开|依.{0,2}申|密|内.{0,2}部|外.{0,2}传|審|审|驳|退|通.{0,2}过|撤|下.{0,2}[架线]|删|召回|開"
MARKED, UNMARKED = "☑√✓✔■●", "□☐○"
OPTION = r"^\s*[（(]?[0-9０-９A-Za-z①-⑨]{1,2}[)）.．、:：]?\s*([\p{Han}])"  # 1.主动公开, B 依申请公开: the number of a choice
KEY = f"""
    create or replace temp macro chosen_box(written) as case
        when regexp_matches(written, '[{UNMARKED}]') and regexp_matches(written, '[{MARKED}]')
        then regexp_extract(written, '[{MARKED}]\\s*([^{MARKED}{UNMARKED}]*)', 1) else written end;

    create or replace temp macro statement_key(written) as case
        when regexp_full_match(written, '\\s*[{MARKED}]\\s*') then '是'
        when regexp_full_match(written, '\\s*[×✗✘]\\s*') then '否'
        when regexp_full_match(written, '\\s*[-－−]\\s*\\d+\\s*') then '负数'
        else lower(translate(
            regexp_replace(regexp_replace(chosen_box(written), '{OPTION}', '\\1'), '[\\s\\p{{Z}}\\p{{P}}\\p{{S}}\\p{{C}}]', '', 'g'),
            '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ動開請絕機內審過駁祕於',
            '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ动开请绝机内审过驳秘于'))
    end;
"""


@dataclass(frozen=True)
class Asked:
    """A column of a file and what it is asked: `header` as the file has it, the SQL of its text, the question, and whether each row owes
    an answer: an empty cell says nothing, but not in a column in which others are approved.
    """

    header: str
    value: str
    question: str
    owes_answer: bool = False


def question_of(header: str) -> str | None:
    """The question that a header asks (a key of `CHAINS`), None where it asks none that is known."""
    plain = "".join(unicodedata.normalize("NFKC", header).split()).casefold()
    plain = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】", "", plain).strip(":*_()[]、.。")
    for question, pattern, unless in _headers():
        if pattern.search(plain) and not (unless and unless.search(plain)):
            return question
    return None


def words_of(question: str) -> dict[str, str]:
    """Every word of a question as it is compared (see `statement_key`) -> what it says."""
    return {word: says for asked, word, says in _words() if asked == question}


def statements_in(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[Asked], over: Sequence[str] = ()
) -> tuple[list[Asked], str]:
    """The columns of a relation that say something, each with the question that its own words show it to ask, and SQL for the
    statements of a row (`TYPE`, null where it makes none). Nothing is said: no columns, and `null`. `over` are further items, in SQL.
    """
    connection.execute(KEY)
    asked = list(_settled(connection, relation, columns))
    if not asked and not over:
        return [], f"cast(null as {TYPE})"
    items = [f"{{'header': {literal(a.header)}, 'question': {literal(a.question)}, 'says': {_said(a)}}}" for a in asked]
    said = f"list_filter([{', '.join([*items, *over])}], lambda item: item.says is not null and item.says <> 'nothing')"
    return asked, f"cast(nullif({said}, []) as {TYPE})"


def says(question: str, value: str) -> str:
    """SQL: what a text says in answer to a question; null for an empty one, and for one that is no answer where none is asked for."""
    lists, patterns, otherwise = CHAINS[question]
    key = "key"
    cases = [f"when {value} is null then null"]
    if question != "title":
        asked_back = f"when key = '' and regexp_matches({value}, '[?？]') then {literal(otherwise)} " if otherwise else ""
        cases.append(f"{asked_back}when key = '' then null")
    for name in lists:
        cases += [f"when {key} in ({_listed(words)}) then {literal(code)}" for code, words in _by_says(words_of(name)).items()]
    if question in {"any", "unknown", "remark"}:
        cases += [f"when {key} in ({_listed(words)}) then {literal(code)}" for code, words in _plain("attribute") if code not in SILENT]
    if question == "is_withdrawn":
        cases.append(f"when regexp_matches({value}, '^\\s*(19|20)\\d{{2}}\\D?\\d') then 'withdrawn'")
    cases += [_pattern_case(row, value, key) for row in _patterns() if row[0] in patterns]
    said = f"case {' '.join(cases)} else {literal(otherwise) if otherwise else 'null'} end"
    # The key is named once: a macro that stands thirty times in an expression is bound thirty times, for each file and table anew.
    return said if question == "title" else f"list_transform([statement_key({value})], lambda key: {said})[1]"


def _settled(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[Asked]) -> Iterator[Asked]:
    """Those columns in which something is said. One pass counts cells, and those that are an attribute's or a review's words; of many
    columns those are counted in which such a word may stand, some at a time: what a statement costs grows faster than it does.
    """
    if len(columns) > AT_ONCE:
        columns = _that_may_say(connection, relation, columns)
    for start in range(0, len(columns), AT_ONCE):
        yield from _settled_at_once(connection, relation, columns[start : start + AT_ONCE])


def _that_may_say(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[Asked]) -> list[Asked]:
    plain = [column for column in columns if column.question not in {*ASKING, "title"}]
    silent: set[Asked] = set()
    for start in range(0, len(plain), 4 * AT_ONCE):
        part = plain[start : start + 4 * AT_ONCE]
        counts = ", ".join(f"count(*) filter ({may_say(column.value)})" for column in part)
        found = connection.execute(f"select {counts} from {relation}").fetchone() or ()
        silent.update(column for column, count in zip(part, found, strict=True) if not count)
    return [column for column in columns if column not in silent]


def _settled_at_once(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[Asked]) -> Iterator[Asked]:
    counts = ", ".join(_counts(column) for column in columns)
    found = connection.execute(f"select {counts} from {relation}").fetchone() or ()
    for position, column in enumerate(columns):
        filled, hits, attributes, reviews, approvals = found[5 * position : 5 * position + 5]
        if not filled:
            continue
        if column.question in {*ASKING, "any", "unknown"} and 2 * attributes >= filled:
            yield Asked(column.header, column.value, "attribute")
        elif column.question == "review" or (column.question == "unknown" and 2 * reviews >= filled):
            yield Asked(column.header, column.value, "review", owes_answer=bool(approvals))
        elif column.question in ASKING or hits:
            yield column


def _counts(column: Asked) -> str:
    """SQL: five counts of a column: filled cells, cells that may say something, attribute words, review words, words of approval."""
    value, key = column.value, f"statement_key({column.value})"
    if column.question == "title":
        return f"count({value}), count(*) filter ({says('title', value)} is not null), 0, 0, 0"
    quick = may_say(value)
    attribute, review = ({word for _, words in _plain(question) for word in words} for question in ("attribute", "review"))
    if column.question in ASKING:  # 同意公开 below a header of review is its own word
        attribute -= {word for word, code in words_of("review").items() if code == "approved"}
    known = [_listed(sorted(words)) for words in (attribute, review)]
    # DuckDB asks both sides of an `and` of every cell, and what comes after `then` only of those that passed: one in thousands.
    short = f"length({value}) <= 40 and {quick}"
    asks_review = "true" if column.question == "review" else short
    approves = f"case when {asks_review} then {says('review', value)} end = 'approved'"
    return (
        f"count({value}), count(case when {quick} then {says(column.question, value)} end), "
        f"count(case when {short} then nullif({key} in ({known[0]}), false) end), "
        f"count(case when {short} then nullif({key} in ({known[1]}), false) end), "
        f"count(nullif({approves}, false))"
    )


def _plain(question: str) -> list[tuple[str, list[str]]]:
    """What is said -> the words that say so wherever they stand."""
    plain = PLAIN_ATTRIBUTE if question == "attribute" else PLAIN_REVIEW
    chosen = {word: code for word, code in words_of(question).items() if plain.search(word) and code != "nothing"}
    return list(_by_says(chosen).items())


def _said(column: Asked) -> str:
    """SQL: what a cell says; below a header that asks nothing only those are read closely in which such a word may stand."""
    said = says(column.question, column.value)
    if column.owes_answer:
        return f"case when nullif(trim({column.value}), '') is null then 'unknown_review' else {said} end"
    return said if column.question in {*ASKING, "title"} else f"case when {may_say(column.value)} then {said} end"


def may_say(value: str) -> str:
    """SQL: whether a text may say something on leaving, at a glance."""
    return f"length({value}) <= 400 and regexp_matches({value}, {literal(QUICK)})"


def _pattern_case(row: tuple[str, str, str, str, int], value: str, key: str) -> str:
    question, pattern, unless, code, longest = row
    text = value if question == "title" else key
    parts = [f"regexp_matches({text}, {literal(pattern)})"]
    if unless:
        parts.append(f"not regexp_matches({text}, {literal(unless)})")
    if longest:
        parts.insert(0, f"length({text}) <= {longest}")
    return f"when {' and '.join(parts)} then {literal(code)}"


def _by_says(words: Mapping[str, str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for word, code in words.items():
        grouped.setdefault(code, []).append(word)
    return grouped


def _listed(words: Iterable[str]) -> str:
    return ", ".join(map(literal, words)) or "null"


@cache
def _headers() -> list[tuple[str, re.Pattern[str], re.Pattern[str] | None]]:
    return [
        (row["question"], re.compile(row["header_pattern"]), re.compile(row["unless_pattern"]) if row["unless_pattern"] else None)
        for row in _table("headers")
    ]


@cache
def _words() -> list[tuple[str, str, str]]:
    with duckdb.connect() as connection:
        connection.execute(KEY)
        folded = dict(
            connection.execute(
                "select distinct w, statement_key(w) from (select unnest($1) as w)", [[r["written"] for r in _table("words")]]
            ).fetchall()
        )
    return [(row["question"], folded[row["written"]], row["says"]) for row in _table("words")]


@cache
def _patterns() -> list[tuple[str, str, str, str, int]]:
    rows = _table("patterns")
    about = next(row["word_pattern"] for row in rows if row["question"] == ABOUT_OTHERS)
    return [
        (
            row["question"],
            row["word_pattern"],
            row["unless_pattern"].replace(f"{{{ABOUT_OTHERS}}}", about),
            row["says"],
            int(row["longest"]),
        )
        for row in rows
        if row["question"] != ABOUT_OTHERS
    ]


def _table(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"leaving_{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
