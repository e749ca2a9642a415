"""The term for answering a request, counted slowly: day after day, in the order of the articles. What the SQL is held against.

It shares nothing with the models: no working-day numbers, no joins, no lists of pauses. A clerk with a calendar would do the same.
Source: Regulations on Open Government Information (2019) 30 to 34; Civil Code 201; 国办函〔2020〕109号.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ANSWER = EXTENSION = PAYMENT = 20
OPINION = CORRECTION = 15
BY_CONFIRMATION = {"ordinary_post", "internet", "fax"}  # Regulations 31
TOMORROW = timedelta(days=1)
Works = Callable[[date], bool]
Opinions = Sequence[tuple[date, date]]


@dataclass(frozen=True)
class Event:
    """One line of the log."""

    day: date
    kind: str
    consultation: str | None = None
    until: date | None = None
    days: int | None = None


@dataclass(frozen=True)
class Judged:
    """How a request stands: what its term runs from and to, and how it ended, if it did."""

    start: date | None
    due: date | None
    extension: int
    closed: date | None
    closing: str | None
    waiting: str | None


class Log:
    """The events of one request up to the as-of date, asked in words."""

    def __init__(self, events: Sequence[Event], as_of: date) -> None:
        self.events = [event for event in events if event.day <= as_of]

    def first(self, kind: str, since: date, until: date, consultation: str | None = "any") -> date | None:
        days = [
            event.day
            for event in self.events
            if event.kind == kind and since <= event.day <= until and consultation in ("any", event.consultation)
        ]
        return min(days, default=None)

    def on(self, kind: str, day: date) -> list[Event]:
        return [event for event in self.events if event.kind == kind and event.day == day]


def judge(events: Sequence[Event], channel: str, as_of: date, works: Works) -> Judged:
    """Walk from the day of receipt to the end: every day either counts, or stands still, or something stops the term on it."""
    log = Log(events, as_of)
    received = log.first("received", date.min, as_of)
    if received is None:
        return Judged(None, None, 0, None, None, None)
    answered, withdrawn = log.first("answered", received, as_of), log.first("withdrawn_by_applicant", received, as_of)
    closed = min((day for day in (answered, withdrawn) if day), default=None)
    closing = None if closed is None else "answered" if closed == answered else "withdrawn_by_applicant"
    last = closed or as_of
    confirmed = log.first("confirmed", received, last) if channel in BY_CONFIRMATION else None
    return _walk(log, confirmed or received, last, closed, closing, as_of, works)


def _opinions(log: Log, receipt: date, last: date, works: Works) -> Opinions:
    """Each time somebody was asked, with the last day on which that is waited for: the answer, at the latest the 15th working day."""
    asked = [
        event for event in log.events if event.kind in ("third_party_consulted", "co_producer_consulted") and receipt <= event.day <= last
    ]
    answers = [log.first(event.kind.replace("consulted", "answered"), event.day, last, event.consultation) for event in asked]
    return [(event.day, min(answer or date.max, _after(event.day, OPINION, works))) for event, answer in zip(asked, answers, strict=True)]


def _walk(log: Log, start: date, last: date, closed: date | None, closing: str | None, as_of: date, works: Works) -> Judged:
    ask, fee = log.first("correction_asked", start, last), log.first("fee_noticed", start, last)
    stops = sorted(
        [(day, rank, kind) for rank, (kind, day) in enumerate((("correction_asked", ask), ("fee_noticed", fee))) if day is not None]
    )
    opinions = _opinions(log, start, last, works)
    for day, _, kind in stops:
        due, _ = _end(log, start, last, opinions, works)
        if not start <= day <= due:
            continue  # the term had ended, or was standing still: nothing is left to stop
        restart = log.first("corrected" if kind == "correction_asked" else "fee_paid", day, last)
        if restart is None:
            return _standing_still(log, kind, day, closed, closing, as_of, works)
        start = restart
    due, extension = _end(log, start, last, opinions, works)
    return Judged(start, due, extension, closed, closing, None)


def _standing_still(log: Log, kind: str, day: date, closed: date | None, closing: str | None, as_of: date, works: Works) -> Judged:
    limit = _after(day, CORRECTION if kind == "correction_asked" else PAYMENT, works)
    given = [event.until for event in log.on(kind, day) if event.until is not None]
    if kind == "correction_asked" and given and max(given) >= day:
        limit = max(given)
    if closed is None and limit < as_of:
        return Judged(None, None, 0, limit + TOMORROW, "correction_lapsed" if kind == "correction_asked" else "fee_lapsed", kind)
    return Judged(None, None, 0, closed, closing, kind)


def _end(log: Log, start: date, last: date, opinions: Opinions, works: Works) -> tuple[date, int]:
    """The day on which the last day of the term falls, and the working days by which it was lengthened."""
    extension_on = log.first("extended", start, last)
    counted, allowed, lengthened, day = 0, ANSWER, 0, start
    while True:
        day += TOMORROW
        if not works(day) or any(asked < day <= until for asked, until in opinions):
            continue
        counted += 1
        if counted < allowed:
            continue
        if not lengthened and extension_on is not None and extension_on <= day:
            lengthened = max(min(EXTENSION if event.days is None else event.days, EXTENSION) for event in log.on("extended", extension_on))
            allowed += lengthened
            if lengthened:
                continue
        return day, lengthened


def _after(day: date, count: int, works: Works) -> date:
    while count:
        day += TOMORROW
        count -= works(day)
    return day
