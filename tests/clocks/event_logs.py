"""Random logs of disclosure requests, the same for the same seed, and the models of sql/ that judge them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import NamedTuple

import duckdb
import pyarrow as pa

from flows.warehouse.calendar_days import calendar_days
from flows.warehouse.models import SQL
from flows.warehouse.templates import render
from tests.clocks.articles import Event

CHANNELS = ("in_person", "post", "ordinary_post", "internet", "fax", "other", None)
KINDS = {
    "confirmed": 2, "correction_asked": 3, "corrected": 3, "third_party_consulted": 2, "third_party_answered": 1.5,
    "co_producer_consulted": 1.5, "co_producer_answered": 1, "organ_consulted": 2, "organ_answered": 2, "extended": 3,
    "fee_noticed": 2, "fee_paid": 2, "answered": 1.5, "withdrawn_by_applicant": 0.3,
}  # fmt: skip
MODELS = (
    "calendar",
    "terms",
    "request_doubts",
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
UNIT = "县财政局"


class Log(NamedTuple):
    """A request as a register has it; `is_row_set_aside`: one of its rows could not be read."""

    channel: str | None
    events: Sequence[Event]
    is_row_set_aside: bool = False


@cache
def _days() -> pa.Table:
    return calendar_days()


@cache
def working_days() -> Mapping[date, bool]:
    return dict(zip(_days()["calendar_on"].to_pylist(), _days()["is_working_day"].to_pylist(), strict=True))


def is_working(day: date) -> bool:
    return working_days()[day]


def random_log(random: Random) -> Log:
    """A channel and up to eleven events over some four months, in random order and often against the law."""
    begin = date(2024, 1, 1) + timedelta(days=random.randrange(760))
    events = [Event("received", begin)] if random.random() < 0.98 else []
    for _ in range(random.randrange(11)):
        kind = random.choices(tuple(KINDS), weights=tuple(KINDS.values()))[0]
        day = begin + timedelta(days=random.choice((random.randrange(-3, 30), random.randrange(40), random.randrange(130))))
        number = random.choice((None, None, "1", "2")) if kind.endswith(("consulted", "_answered")) else None
        until = day + timedelta(days=random.randrange(-2, 30)) if kind == "correction_asked" and random.random() < 0.6 else None
        length = random.choice((None, 5, 10, 15, 20, 30, 0)) if kind == "extended" else None
        outcome = random.choice((None, "granted", "partial", "denied_3")) if kind == "answered" else None
        events.append(Event(kind, day, number, length, until, outcome))
    return Log(random.choice(CHANNELS), events, random.random() < 0.05)


def rows_of(logs: Mapping[str, Log]) -> Iterator[dict[str, object]]:
    for request, log in logs.items():
        for event in log.events:
            yield {
                "request_id": request, "request_number": request, "event_kind": event.kind, "event_on": event.on,
                "request_channel": log.channel, "consultation_number": event.number, "reply_due_on": event.reply_due_on,
                "extension_days": event.days, "outcome_code": event.outcome_code, "printed_unit_name": UNIT,
            }  # fmt: skip


Place = Callable[[int], tuple[str, int]]


def in_one_file(number: int) -> tuple[str, int]:
    return "requests.csv", number + 1


def judged_by_sql(
    rows: Sequence[Mapping[str, object]], as_of: date, set_aside: Collection[str] = (), place: Place = in_one_file
) -> duckdb.DuckDBPyConnection:
    """A connection in which the models have judged the rows: core.requests and everything it reads.

    `set_aside`: numbers of requests of which a row is in quarantine; `place`: file and row of each row by its position.
    """
    connection = duckdb.connect()
    connection.execute((SQL / "macros.sql").read_text("utf-8"))
    connection.execute(render("word_macros", SQL))
    for schema in ("reference", "staging", "core", "quarantine"):
        connection.execute(f"create schema {schema}")
    connection.register("days", _days())
    connection.execute("create table reference.calendar as from days")
    connection.execute(
        f"create table reference.clock_rules as from read_csv('{SQL / 'reference' / 'clock_rules.csv'}', all_varchar = true)"
    )
    connection.execute("create table reference.run as select $1::date as as_of_on, '990101' as region_scope", [as_of])
    connection.execute("create table core.unit_aliases (alias_name varchar, region_scope varchar, unit_id varchar, unit_name varchar)")
    connection.execute("create table staging.recognised_columns (register_name varchar, source_path varchar, column_name varchar)")
    connection.execute(f"create table core.request_events ({COLUMNS})")
    _insert(connection, "core.request_events", [_placed(row, *place(number)) for number, row in enumerate(rows)])
    for table in ("staging", "quarantine"):
        connection.execute(
            f"create table {table}.request_events as select *, cast(null as varchar[]) as invalid_cells from core.request_events limit 0"
        )
    unread = [{"request_number": number, "printed_unit_name": UNIT, "source_path": "unread.csv"} for number in set_aside]
    _insert(connection, "quarantine.request_events", unread)
    for model in MODELS:
        connection.execute(f"create table core.{model} as {(SQL / 'core' / f'{model}.sql').read_text('utf-8')}")
    connection.execute(f"create table core.register_receipts as {render('register_receipts', rules=[])}")  # no other register is here
    for view in ("clock_runs", "receipts"):
        connection.execute(f"create view core.{view} as {(SQL / 'core' / f'{view}.sql').read_text('utf-8')}")
    return connection


def judged_logs(logs: Mapping[str, Log], as_of: date) -> duckdb.DuckDBPyConnection:
    quarantined = [request for request, log in logs.items() if log.is_row_set_aside]
    return judged_by_sql(list(rows_of(logs)), as_of, quarantined)


def _placed(row: Mapping[str, object], path: str, number: int) -> dict[str, object]:
    return {**row, "source_path": path, "source_row": number, "record_id": f"{row['request_id']}/{path}/{number}"}


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        connection.register("rows", pa.Table.from_pylist(list(rows)))
        connection.execute(f"insert into {table} by name from rows")
        connection.unregister("rows")
