"""Working days as the State Council's notices make them, counted by the warehouse's own SQL."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest
from chinese_calendar import is_workday

from exports.catalog import PROJECT_ROOT
from flows.warehouse.calendar_days import FIRST_DAY, calendar_days, last_announced_year
from flows.warehouse.models import SQL

FACTS = PROJECT_ROOT.parent / "shared" / "facts" / "working_days.csv"
AFTER = """
    select due.calendar_on, due.is_provisional
    from core.calendar as start
    inner join core.calendar as due on due.working_day_number = start.working_day_number + $days and due.is_working_day
    where start.calendar_on = $start
"""


@pytest.fixture(scope="module")
def calendar() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.register("days", calendar_days())
        connection.execute("create schema reference; create schema core; create table reference.calendar as from days")
        connection.execute(f"create table core.calendar as {(SQL / 'core' / 'calendar.sql').read_text('utf-8')}")
        yield connection


def test_every_announced_day_is_worked_as_the_library_says_and_later_ones_from_monday_to_friday() -> None:
    days = calendar_days().to_pylist()
    for day in days:
        on = day["calendar_on"]
        assert day["is_working_day"] == (is_workday(on) if on.year <= last_announced_year() else on.weekday() < 5), on
        assert day["is_provisional"] == (on.year > last_announced_year()), on


def due(calendar: duckdb.DuckDBPyConnection, start: date, days: int) -> date:
    ((day, _),) = calendar.execute(AFTER, {"days": days, "start": start}).fetchall()
    assert isinstance(day, date)
    return day


@pytest.mark.skipif(not FACTS.exists(), reason="the file of known working days is not beside this repository")
def test_terms_end_where_the_state_councils_notices_put_them(calendar: duckdb.DuckDBPyConnection) -> None:
    for row in csv.DictReader(FACTS.read_text("utf-8").splitlines()):
        start = date.fromisoformat(row["received_on"])
        counted = {name: due(calendar, start, days).isoformat() for name, days in (("plus_7", 7), ("plus_20", 20), ("plus_40", 40))}
        assert counted == {name: row[name] for name in counted}, start


@pytest.mark.parametrize(
    ("start", "days", "end", "why"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14), "the Saturday before Spring Festival 2026 is worked"),
        (date(2026, 2, 14), 1, date(2026, 2, 24), "then nobody works until the holiday is over"),
        (date(2025, 9, 30), 1, date(2025, 10, 9), "National Day and Mid-Autumn 2025 are eight days off"),
        (date(2024, 4, 6), 1, date(2024, 4, 7), "the Sunday after Qingming 2024 is worked"),
        (date(2023, 6, 21), 2, date(2023, 6, 26), "the Sunday after Dragon Boat 2023 is worked"),
        (date(2026, 10, 3), 1, date(2026, 10, 8), "a term that begins on a holiday counts from the next working day"),
    ],
)
def test_make_up_days_and_holidays_count_as_announced(
    calendar: duckdb.DuckDBPyConnection, start: date, days: int, end: date, why: str
) -> None:
    assert due(calendar, start, days) == end, why


def test_no_day_is_missing_and_days_beyond_the_last_notice_are_provisional(calendar: duckdb.DuckDBPyConnection) -> None:
    days = calendar.execute("select calendar_on, is_working_day, is_provisional from core.calendar order by 1").fetchall()
    assert [day for day, _, _ in days] == [FIRST_DAY + timedelta(n) for n in range(len(days))]
    assert {day.year for day, _, provisional in days if provisional} == {last_announced_year() + 1, last_announced_year() + 2}
    assert all(works == (day.weekday() < 5) for day, works, provisional in days if provisional)


def test_a_term_that_ends_beyond_the_last_notice_says_so(calendar: duckdb.DuckDBPyConnection) -> None:
    ends = calendar.execute(AFTER, {"days": 20, "start": date(last_announced_year(), 12, 20)}).fetchall()
    assert [(day.year, provisional) for day, provisional in ends] == [(last_announced_year() + 1, True)]
