"""Random logs of disclosure requests, the same for the same seed, and the models of sql/ that judge them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from random import Random

import duckdb
import pyarrow as pa

from flows.calendar_days import calendar_days
from flows.clock_models import receipts
from flows.models import SQL
from tests.clocks.day_by_day import Event

CHANNELS = ("in_person", "post", "ordinary_post", "internet", "fax", "other")
KINDS = (
    "confirmed", "correction_asked", "corrected", "third_party_consulted", "third_party_answered", "co_producer_consulted",
    "co_producer_answered", "extended", "fee_noticed", "fee_paid", "answered", "withdrawn_by_applicant",
)  # fmt: skip
MODELS = (
    "calendar",
    "terms",
    "request_days",
    "request_consultations",
    "request_terms",
    "requests",
    "request_receipts",
    "request_cases",
    "days_off",
)
COLUMNS = """
    request_id varchar, request_number varchar, record_id varchar, event_kind varchar, event_on date, request_channel varchar, applicant_kind varchar,
    outcome_code varchar, consultation_number varchar, reply_due_on date, extension_days bigint, fee_amount double, case_number varchar,
    suit_kind varchar, printed_unit_name varchar, unit_id varchar, unit_name varchar, source_path varchar, source_sheet varchar, source_row bigint
"""


def random_log(random: Random) -> tuple[str, list[Event]]:
    """A channel and up to eleven events over some four months, in no order and often not as the law wants them."""
    begin = date(2024, 1, 1) + timedelta(days=random.randrange(760))
    events = [Event(begin, "received")] if random.random() < 0.98 else []
    for _ in range(random.randrange(11)):
        kind = random.choices(KINDS, weights=(2, 3, 3, 3, 2, 2, 1, 3, 2, 2, 1, 0.3))[0]
        day = begin + timedelta(days=random.choice((random.randrange(-3, 30), random.randrange(40), random.randrange(130))))
        number = random.choice((None, None, "1", "2")) if kind.endswith(("consulted", "answered")) and kind != "answered" else None
        until = day + timedelta(days=random.randrange(-2, 30)) if kind == "correction_asked" and random.random() < 0.4 else None
        length = random.choice((None, 5, 10, 15, 20, 30, 0)) if kind == "extended" else None
        event = Event(day, kind, number, until, length)
        if not any((event.day, event.kind, event.consultation) == (other.day, other.kind, other.consultation) for other in events):
            events.append(event)
    return random.choice(CHANNELS), events


@cache
def _days() -> pa.Table:
    return calendar_days()


def judged_by_sql(logs: dict[str, tuple[str, list[Event]]], as_of: date) -> duckdb.DuckDBPyConnection:
    """A connection in which the models have judged the logs, each a request: core.requests and all that it rests on."""
    connection = duckdb.connect()
    connection.execute((SQL / "macros.sql").read_text("utf-8"))
    connection.execute("create schema reference; create schema core")
    connection.register("days", _days())
    connection.execute("create table reference.calendar as from days")
    connection.execute(
        f"create table reference.clock_rules as from read_csv('{SQL / 'reference' / 'clock_rules.csv'}', all_varchar = true)"
    )
    connection.execute("create table reference.run as select $1::date as as_of_on", [as_of])
    connection.execute(f"create table core.request_events ({COLUMNS})")
    rows = pa.Table.from_pylist(list(_rows(logs)))
    connection.register("rows", rows)
    connection.execute("insert into core.request_events by name from rows")
    for model in MODELS:
        connection.execute(f"create table core.{model} as {(SQL / 'core' / f'{model}.sql').read_text('utf-8')}")
    connection.execute(f"create table core.register_receipts as {receipts({})}")  # no other register stands here
    for view in ("clock_runs", "receipts"):
        connection.execute(f"create view core.{view} as {(SQL / 'core' / f'{view}.sql').read_text('utf-8')}")
    return connection


def _rows(logs: dict[str, tuple[str, list[Event]]]) -> Iterator[dict[str, object]]:
    for request, (channel, events) in logs.items():
        for number, event in enumerate(events):
            yield {
                "request_id": request, "request_number": request, "record_id": f"{request}/{number}", "event_kind": event.kind, "event_on": event.day,
                "request_channel": channel, "consultation_number": event.consultation, "reply_due_on": event.until,
                "extension_days": event.days, "printed_unit_name": "县财政局", "source_path": "requests.csv", "source_row": number + 1,
            }  # fmt: skip
