"""The term for the answer to a disclosure request, one day at a time, from the articles.

Regulations on Open Government Information (State Council order 711, 2019) 30-34, Measures on
information-processing fees (国办函〔2020〕109号), Civil Code 201 and 203. It shares nothing with
the SQL: no working-day numbers, no joins, no lists of pauses. [decided] marks what the words of
an article settle, [open] what they do not; docs/clocks.md lists the open questions with the
reading chosen. Where facts are missing or contradict each other, no unit is said to be late.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

ANSWER_DAYS = 20  # Article 33(2)
EXTENSION_DAYS = 20  # Article 33(2): at most
CORRECTION_NOTICE_DAYS = 7  # Article 30
CONSULTATION_DAYS = 15  # Articles 32 and 34; Article 33(3) sets none for other organs
PAYMENT_DAYS = 20  # Measures on fees

CONFIRMED_CHANNELS = {"ordinary_post", "internet", "fax"}  # Article 31(2) and (3)
DELIVERED_CHANNELS = {"in_person", "post"}  # Article 31(1) and (2)
CONSULTATIONS = {
    "third_party_consulted": ("third_party_answered", CONSULTATION_DAYS),
    "co_producer_consulted": ("co_producer_answered", CONSULTATION_DAYS),
    "organ_consulted": ("organ_answered", None),
}
OTHER_ORGAN = {
    "co_producer_consulted": ("organ_answered", "organ_consulted"),
    "organ_consulted": ("co_producer_answered", "co_producer_consulted"),
}
TOMORROW = timedelta(days=1)
FAR = timedelta(days=500)  # a pause that lasts longer has no known end
ACCUSING = {"late", "overdue", "lapsed"}


@dataclass(frozen=True)
class Event:
    """One row of the register; number, days and reply_due_on only where the kind has them."""

    kind: str
    on: date
    number: str | None = None
    days: int | None = None
    reply_due_on: date | None = None
    outcome_code: str | None = None


@dataclass
class Standing:
    """How a request is judged; a date is null where the articles give none."""

    outcome: str = "undated"
    receipt_on: date | None = None
    start_on: date | None = None
    due_on: date | None = None
    closed_on: date | None = None
    closing_kind: str | None = None
    waiting_for: str | None = None
    extension_days: int = 0
    days_late: int | None = None


@dataclass
class Calendar:
    """Working days after the State Council's notices."""

    is_working: Callable[[date], bool]

    def after(self, day: date, number: int) -> date:
        """The working day so many after `day`, which itself is not counted [Civil Code 201]."""
        while number:
            day += TOMORROW
            number -= self.is_working(day)
        return day

    def between(self, after: date, until: date) -> int:
        """Working days after `after`, up to and with `until`."""
        number = 0
        while after < until:
            after += TOMORROW
            number += self.is_working(after)
        return number


class Log:
    """The events of a request from its arrival to its close, or to the as-of date."""

    def __init__(self, events: Sequence[Event], channel: str | None, as_of: date) -> None:
        self.events = [event for event in events if event.on <= as_of]
        self.channel, self.as_of = channel, as_of
        self.arrived_on = self._arrived()
        since = self.arrived_on or as_of
        self.answered_on = self.first("answered", since)
        self.withdrawn_on = self.first("withdrawn_by_applicant", since)
        ends = [day for day in (self.answered_on, self.withdrawn_on) if day]
        self.closed_on = min(ends, default=None) if self.arrived_on else None
        self.last_on = self.closed_on or as_of

    def _arrived(self) -> date | None:
        arrived = min((e.on for e in self.events if e.kind == "received"), default=None)
        if arrived is None and self.channel in CONFIRMED_CHANNELS:
            return min((e.on for e in self.events if e.kind == "confirmed"), default=None)
        return arrived

    def days(self, kind: str, since: date) -> list[date]:
        until = getattr(self, "last_on", self.as_of)
        return sorted({e.on for e in self.events if e.kind == kind and since <= e.on <= until})

    def first(self, kind: str, since: date) -> date | None:
        return next(iter(self.days(kind, since)), None)

    def on(self, kind: str, day: date) -> list[Event]:
        return [event for event in self.events if event.kind == kind and event.on == day]

    def confirmed_on(self) -> date | None:
        """The confirmation counts where the article says so [decided, 31]; also where no channel
        that needs none is named [open: the later start]."""
        if self.arrived_on is None or self.channel in DELIVERED_CHANNELS:
            return None
        return self.first("confirmed", self.arrived_on)


def answer_to(log: Log, consultation: Event) -> date | None:
    """First answer of the consultation's kind and number, on its day or later.

    [open] the answer of an organ whose word does not say which: it answers the other kind of
    question to an organ too, where none of its own kind bears that number.
    """

    def first(kind: str) -> date | None:
        days = [e.on for e in log.events if e.kind == kind and e.number == consultation.number]
        return min((d for d in days if consultation.on <= d <= log.last_on), default=None)

    own = first(CONSULTATIONS[consultation.kind][0])
    if own or consultation.kind not in OTHER_ORGAN:
        return own
    answer, question = OTHER_ORGAN[consultation.kind]
    if any(e.kind == question and e.number == consultation.number and e.on <= log.last_on for e in log.events):
        return None
    return first(answer)


def pauses(log: Log, calendar: Calendar) -> list[tuple[date, date | None]]:
    """Each time in which an opinion is asked for [decided, 33(3)]: the day after which it begins,
    its last day (null: no end is known).

    A third party's and a co-producing organ's ends with the 15th working day at the latest
    [decided, 32 and 34]; that of another organ with its answer [decided, 33(3)].
    """
    found: list[tuple[date, date | None]] = []
    for event in log.events:
        if event.kind not in CONSULTATIONS or event.on > log.last_on:
            continue
        answered, cap = answer_to(log, event), CONSULTATIONS[event.kind][1]
        latest = calendar.after(event.on, cap) if cap else None
        found.append((event.on, min(filter(None, (answered, latest)), default=None)))
    return found


@dataclass
class Walk:
    """A request day by day."""

    log: Log
    calendar: Calendar
    pauses: list[tuple[date, date | None]]
    receipt_on: date
    start_on: date | None = None
    counted: int = 0
    granted: int = 0
    expired_on: date | None = None
    pending: dict[str, date | None] = field(default_factory=dict)
    is_taken_up_late: bool = False
    firsts: dict[str, date | None] = field(default_factory=dict)

    def begin(self, day: date) -> None:
        """The term starts, or starts anew; the day is not counted [decided, Civil Code 201]."""
        self.start_on, self.counted = day, 0

    def count(self, day: date) -> None:
        if self.start_on is None or self.pending or day <= max(self.start_on, self.receipt_on):
            return
        is_paused = any(asked < day and (end is None or day <= end) for asked, end in self.pauses)
        self.counted += self.calendar.is_working(day) and not is_paused

    def is_over(self) -> bool:
        started = self.start_on is not None and not self.pending
        return started and self.counted >= ANSWER_DAYS + self.granted

    def hear_organ(self, day: date) -> None:
        """Extensions, the correction asked for, the fee noticed on the day.

        Extensions come to 20 working days at most [decided, 33(2)]; a term that is over cannot be
        extended [open]; a notice without a length is of 20, of two on a day the longer counts
        [open]; it holds for a term that is counted anew [open]. A correction is asked for once, by
        the 7th working day after receipt [decided, 30]: later it neither stops the term nor lets
        the request lapse. Fees are noticed within the term [decided, Measures on fees].
        """
        if extended := self.log.on("extended", day):
            longest = max(min(event.days or EXTENSION_DAYS, EXTENSION_DAYS) for event in extended)
            self.granted = min(EXTENSION_DAYS, self.granted + longest)
        notice_due = self.calendar.after(self.receipt_on, CORRECTION_NOTICE_DAYS)
        if day == self.firsts["correction_asked"] and day <= notice_due:
            self.pending["correction_asked"] = self.reply_due(day)
        if day == self.firsts["fee_noticed"]:
            self.pending["fee_noticed"] = self.calendar.after(day, PAYMENT_DAYS)

    def reply_due(self, day: date) -> date | None:
        """Day by which the notice asks for the correction; if a day off, the next working day
        [decided, Civil Code 203]. [open] a notice that names none: it is waited for."""
        named = [e.reply_due_on for e in self.log.on("correction_asked", day)]
        latest = max((d for d in named if d and d >= day), default=None)
        return latest and self.calendar.after(latest - TOMORROW, 1)

    def hear_applicant(self, day: date) -> None:
        """The corrected request and the payment: the term counts from them, from the later of the
        two where both are waited for [decided, 30; Measures on fees]. A term that was over before
        is not opened again [open]."""
        for kind, deed in (("correction_asked", "corrected"), ("fee_noticed", "fee_paid")):
            if day == self.firsts[deed]:
                due = self.pending.pop(kind, None)
                self.is_taken_up_late |= due is not None and day > due
                self.begin(day)

    def step(self, day: date) -> None:
        if day == self.receipt_on:
            self.begin(day)
        if self.expired_on is None:
            self.count(day)
            self.hear_organ(day)
            self.hear_applicant(day)
        if self.expired_on is None and self.is_over() and day < self.log.last_on:
            self.expired_on = day

    def due_on(self) -> date | None:
        """Last day of the term if nothing more happens; null while it does not run."""
        if self.expired_on or self.start_on is None or self.pending:
            return self.expired_on
        day = self.log.last_on
        while not self.is_over():
            day += TOMORROW
            if day > self.log.last_on + FAR:
                return None
            self.count(day)
        return day


def firsts(log: Log) -> dict[str, date | None]:
    """The first notice of each kind and the first deed on or after it; the correction is asked for
    once [decided, 30]."""
    assert log.arrived_on
    found: dict[str, date | None] = {}
    for notice, deed in (("correction_asked", "corrected"), ("fee_noticed", "fee_paid")):
        found[notice] = asked = log.first(notice, log.arrived_on)
        found[deed] = log.first(deed, asked) if asked else None
    return found


def judge(
    events: Sequence[Event], channel: str | None, as_of: date, is_working: Callable[[date], bool], *, has_row_set_aside: bool = False
) -> Standing:
    """Judge a request as it is on the as-of date.

    `has_row_set_aside`: a row of the request could not be read; it may be the answer.
    """
    log, calendar = Log(events, channel, as_of), Calendar(is_working)
    if log.arrived_on is None:
        return Standing()
    receipt_on = log.confirmed_on() or log.arrived_on
    walk = Walk(log, calendar, pauses(log, calendar), receipt_on, firsts=firsts(log))
    day = log.arrived_on
    while day <= log.last_on:
        walk.step(day)
        day += TOMORROW
    standing = conclude(walk)
    if standing.outcome in ACCUSING and (has_row_set_aside or is_doubtful(walk, standing)):
        was_lapsed = standing.outcome == "lapsed"
        standing.outcome, standing.days_late = "unknown", None
        if was_lapsed:
            standing.closed_on = standing.closing_kind = None
    return standing


def conclude(walk: Walk) -> Standing:
    log, due = walk.log, walk.due_on()
    standing = Standing(receipt_on=walk.receipt_on, due_on=due, extension_days=walk.granted)
    if walk.pending:
        limits = {kind: limit or date.max for kind, limit in walk.pending.items()}
        standing.waiting_for = min(limits, key=lambda kind: (limits[kind], kind))
    else:
        standing.start_on = walk.start_on
    if log.closed_on:
        standing.closed_on = log.closed_on
        answered = log.closed_on == log.answered_on  # [open] a withdrawal on the day of the answer
        standing.closing_kind = "answered" if answered else "withdrawn_by_applicant"
        standing.outcome = "late" if walk.expired_on else "in_time"
    elif standing.waiting_for:
        standing.outcome = "waiting"
        if (limit := walk.pending[standing.waiting_for]) and limit < log.as_of:
            lapse = "correction_lapsed" if standing.waiting_for == "correction_asked" else "fee_lapsed"
            standing.outcome, standing.closing_kind, standing.closed_on = "lapsed", lapse, limit + TOMORROW
    elif due is None:
        standing.outcome, standing.waiting_for = "waiting", "organ_consulted"
    else:
        standing.outcome = "overdue" if walk.expired_on else "running"
    if due:
        standing.days_late = walk.calendar.between(due, log.last_on)
    return standing


def is_doubtful(walk: Walk, standing: Standing) -> bool:
    """Whether the register leaves in doubt what an accusation would rest on: a receipt that had to
    be confirmed and was not, an answer dated before the request, a correction or payment that
    arrived late and was taken up, or one that belongs to no notice and may have started the term anew."""
    log = walk.log
    assert log.arrived_on
    if log.channel in CONFIRMED_CHANNELS and log.confirmed_on() is None:
        return True
    if any(e.kind in {"answered", "withdrawn_by_applicant"} and e.on < log.arrived_on for e in log.events):
        return True
    stray = [day for kind in ("corrected", "fee_noticed", "fee_paid") for day in log.days(kind, log.arrived_on) if day != walk.firsts[kind]]
    if standing.outcome == "lapsed":
        return bool(stray)
    assert standing.start_on
    assert standing.due_on
    return walk.is_taken_up_late or any(standing.start_on < day <= standing.due_on for day in stray)
