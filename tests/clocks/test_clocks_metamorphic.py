"""Changes that must not affect how a request is judged: row order, files, repetitions, other requests, whole weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

import pytest

from tests.clocks.articles import Event
from tests.clocks.event_logs import Log, Place, in_one_file, judged_by_sql, judged_logs, random_log, rows_of, working_days

AS_OF = date(2026, 3, 31)
JUDGED = """
    select request_id, request_channel, outcome, outcome_reason, outcome_code, receipt_on, start_on, due_on, closed_on, closing_kind, waiting_for, days_late
    from core.requests order by all
"""
RUNS = "select rule_id, start_on, due_on, done_on, days_late, outcome from core.clock_runs order by all"
Rows = Sequence[Mapping[str, object]]


def some_logs(seed: int, count: int = 1500) -> dict[str, Log]:
    random = Random(seed)
    return {f"{number:05}": random_log(random) for number in range(count)}


def judged(rows: Rows, place: Place = in_one_file) -> list[tuple[object, ...]]:
    with judged_by_sql(rows, AS_OF, place=place) as connection:
        return [*connection.execute(JUDGED).fetchall(), *connection.execute(RUNS).fetchall()]


def mixed(rows: Rows, random: Random) -> list[Mapping[str, object]]:
    """Rows of one request that disagree on the channel too."""
    return [{**row, "request_channel": random.choice((row["request_channel"], None, "post", "fax"))} for row in rows]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_and_their_split_over_files_change_nothing(seed: int) -> None:
    random = Random(seed)
    rows = mixed(list(rows_of(some_logs(seed))), random)
    plain = judged(rows)
    shuffled = random.sample(rows, len(rows))
    files = [(f"{random.choice('abcd')}.csv", number) for number in range(len(rows))]
    assert judged(shuffled) == plain
    assert judged(shuffled, files.__getitem__) == plain


def test_repeated_rows_change_nothing_of_the_requests() -> None:
    rows = list(rows_of(some_logs(3)))
    with judged_by_sql(rows, AS_OF) as once, judged_by_sql([*rows, *rows], AS_OF) as twice:
        assert twice.execute(JUDGED).fetchall() == once.execute(JUDGED).fetchall()


def test_another_request_changes_nothing() -> None:
    logs = some_logs(4)
    others = {f"x{request}": log for request, log in some_logs(5).items()}
    with judged_logs(logs, AS_OF) as alone, judged_logs({**others, **logs}, AS_OF) as together:
        found = [row for row in together.execute(JUDGED).fetchall() if not row[0].startswith("x")]
        assert found == alone.execute(JUDGED).fetchall()


def plain_weeks() -> tuple[date, date]:
    """The longest stretch of whole weeks in which exactly Monday to Friday are worked."""
    best = start = None
    for day, works in sorted(working_days().items()):
        if works != (day.weekday() < 5):
            start = None
        elif start is None and day.weekday() == 0:
            start = day
        if start and (best is None or day - start > best[1] - best[0]):
            best = (start, day)
    assert best
    return best


def test_whole_weeks_without_holidays_shift_every_day_alike() -> None:
    begin, end = plain_weeks()
    week = timedelta(weeks=1)
    random = Random(6)
    short = {}
    for number in range(400):
        log = random_log(random)
        shift = begin + timedelta(days=3) - min((e.on for e in log.events), default=begin)
        events = [moved(e, shift) for e in log.events if e.on + shift < begin + timedelta(days=40)]
        short[f"{number:05}"] = Log(log.channel, events)
    as_of = begin + timedelta(days=45)
    assert as_of + 2 * week < end
    later = {request: Log(log.channel, [moved(e, week) for e in log.events]) for request, log in short.items()}
    asked = "select request_id, outcome, days_late, closing_kind, waiting_for, $1::date - start_on, $1::date - closed_on from core.requests order by 1"
    with judged_logs(short, as_of) as now, judged_logs(later, as_of + week) as then:
        assert then.execute(asked, [as_of + week]).fetchall() == now.execute(asked, [as_of]).fetchall()


def moved(event: Event, by: timedelta) -> Event:
    due = event.reply_due_on and event.reply_due_on + by
    return Event(event.kind, event.on + by, event.number, event.days, due, event.outcome_code)


@pytest.mark.parametrize(
    ("codes", "counts"),
    [
        (["denied_3", "granted"], "granted"),
        (["partial", "denied_1"], "partial"),
        ([None, "other_3"], "other_3"),
        (["unavailable_1", "not_processed_2", "denied_8"], "denied_8"),
    ],
)
def test_of_two_answers_on_one_day_the_first_in_the_order_of_table_3_counts(codes: list[str | None], counts: str) -> None:
    for order in (codes, codes[::-1]):
        events = [Event("received", date(2026, 1, 5)), *(Event("answered", date(2026, 1, 9), outcome_code=code) for code in order)]
        with judged_logs({"a": Log("post", events)}, AS_OF) as connection:
            assert connection.execute("select outcome_code, outcome from core.requests").fetchall() == [(counts, "in_time")]
