"""docs/clocks.md: every worked example is true, and the query that recounts a row counts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from exports.catalog import PROJECT_ROOT
from tests.clocks.articles import Event
from tests.clocks.event_logs import Log, judged_logs

PAGE = (PROJECT_ROOT / "docs" / "clocks.md").read_text("utf-8")
AS_OF = date(2026, 10, 31)
EXAMPLES = re.findall(r"```clock\n(.*?)```", PAGE, re.DOTALL)
SIMPLE = [example for example in EXAMPLES if example.startswith("rule:")]
LOGGED = [example for example in EXAMPLES if example.startswith("channel:")]
RECORD = "990101/财政局/2026-001"
COUNTED = """
    select term.due_on, days_late(term.day_unit, term.due_on, term.due_number, ended.calendar_on, ended.working_day_number),
        clock_outcome(term.due_on, $done::date, $as_of::date)
    from core.terms as term
    left join core.calendar as ended on ended.calendar_on = done_or_today($done::date, $as_of::date)
    where term.rule_id = $rule and term.start_on = $start::date
"""


@pytest.fixture(scope="module")
def clocks() -> Iterator[duckdb.DuckDBPyConnection]:
    with judged_logs({"none": Log("post", [Event("received", AS_OF)])}, AS_OF) as connection:
        yield connection


def named(example: str) -> str:
    return example.split("\n", maxsplit=1)[0] + example.split("\n")[-2]


@pytest.mark.parametrize("example", SIMPLE, ids=named)
def test_a_term_of_one_start_and_one_end_is_as_the_page_says(clocks: duckdb.DuckDBPyConnection, example: str) -> None:
    facts = dict(line.split(": ", 1) for line in example.strip().split("\n"))
    given = {"rule": facts["rule"], "start": facts["start"], "done": facts.get("done"), "as_of": AS_OF}
    ((due_on, late, outcome),) = clocks.execute(COUNTED, given).fetchall()
    assert f"{due_on}, {late} late, {outcome}" == facts["due"]


def judged(example: str) -> duckdb.DuckDBPyConnection:
    """The events of an example as one request, judged."""
    channel, *lines = example.strip().split("\n")
    events = []
    for line in lines:
        if match := re.fullmatch(r"(\d{4}-\d\d-\d\d) (\w+)(?: until (\S+))?(?: (\d+))?", line):
            day, kind, until, days = match.groups()
            due = date.fromisoformat(until) if until else None
            events.append(Event(kind, date.fromisoformat(day), days=int(days) if days else None, reply_due_on=due))
    return judged_logs({RECORD: Log(channel.removeprefix("channel: "), events)}, AS_OF)


@pytest.mark.parametrize("example", LOGGED, ids=named)
def test_the_terms_of_a_request_are_as_the_page_says(example: str) -> None:
    with judged(example) as connection:
        found = {
            rule: f"{start} -> {due}, {outcome if outcome == 'lapsed' else f'{late} late, {outcome}'}" if due else outcome
            for rule, start, due, late, outcome in connection.execute(
                "select rule_id, start_on, due_on, days_late, outcome from core.receipts"
            ).fetchall()
        }
    expected = dict(line.split(": ", 1) for line in example.strip().split("\n")[1:] if ": " in line)
    assert expected
    assert {rule: found.get(rule) for rule in expected} == expected


def test_every_rule_has_an_example() -> None:
    rules = {line.split(",")[0] for line in (PROJECT_ROOT / "sql/reference/clock_rules.csv").read_text("utf-8").splitlines()[1:]}
    shown = set(re.findall(r"^rule: (\w+)", PAGE, re.MULTILINE)) | set(re.findall(r"^(\w+): \S+ ->", PAGE, re.MULTILINE))
    assert rules - {"request_extension"} == shown  # the extension lengthens request_answer, and has its examples there


@pytest.mark.parametrize("example", LOGGED, ids=named)
def test_the_query_of_the_page_counts_a_receipt_again(example: str) -> None:
    (query,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    with judged(example) as connection:
        days = connection.execute(query).fetchall()
        ((due_on, counted_days, skipped_days),) = connection.execute(
            "select due_on, counted_days, skipped_days from core.receipts where rule_id = 'request_answer'"
        ).fetchall()
        if due_on is None:
            assert days == []
            return
    assert (days[-1][0], days[-1][-1]) == (due_on, counted_days)
    assert days[-2][-1] == counted_days - 1
    assert len(days) == counted_days + skipped_days
