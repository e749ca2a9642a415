"""The SQL clocks against the articles counted day by day, on many random logs: no difference."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from flows.calendar_days import calendar_days
from tests.clocks.day_by_day import judge
from tests.clocks.event_logs import judged_by_sql, random_log

LOGS = 20_000
AS_OF = date(2026, 3, 31)
ASKED = "select request_id, start_on, due_on, coalesce(extension_days, 0), closed_on, closing_kind, waiting_for, coalesce(days_late, 0) from core.requests"


def test_twenty_thousand_random_logs_are_judged_as_the_articles_say() -> None:
    days = calendar_days()
    working = dict(zip(days["calendar_on"].to_pylist(), days["is_working_day"].to_pylist(), strict=True))
    random = Random(711)
    logs = {f"{number:05}": random_log(random) for number in range(LOGS)}
    with judged_by_sql(logs, AS_OF) as connection:
        found = {request: rest for request, *rest in connection.execute(ASKED).fetchall()}
    differences = []
    endings = set()
    for request, (channel, events) in logs.items():
        if not any(event.day <= AS_OF for event in events):
            continue
        judged = judge(events, channel, AS_OF, working.__getitem__)
        expected = [judged.start, judged.due, judged.extension, judged.closed, judged.closing, judged.waiting, 0]
        if judged.due and judged.due < (judged.closed or AS_OF):
            expected[-1] = sum(working[judged.due + timedelta(n + 1)] for n in range(((judged.closed or AS_OF) - judged.due).days))
        endings.add((judged.closing, judged.waiting, judged.extension > 0))
        if found[request] != expected:
            differences.append(
                f"{channel} {sorted((e.day.isoformat(), e.kind, e.consultation, e.until, e.days) for e in events)}: {found[request]} is not {expected}"
            )
    assert not differences, f"{len(differences)} of {len(logs)}\n" + "\n".join(differences[:3])
    assert len(endings) == 14, endings  # the logs reach every way in which a request can stand
