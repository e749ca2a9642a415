"""The SQL clocks against the articles counted day by day, on many random logs: no difference.

GONGKAI_CLOCK_LOGS=20000 runs that many logs; GONGKAI_CLOCK_SEED starts elsewhere.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from random import Random

import pytest

from tests.clocks.articles import Standing, judge
from tests.clocks.event_logs import Log, is_working, judged_logs, random_log

pytestmark = pytest.mark.rest

LOGS = int(os.environ.get("GONGKAI_CLOCK_LOGS", "4000"))
SEED = int(os.environ.get("GONGKAI_CLOCK_SEED", "711"))
AS_OF = date(2026, 3, 31)
ASKED = """
    select request_id, outcome, receipt_on, start_on, due_on, closed_on, closing_kind, waiting_for, coalesce(extension_days, 0), days_late
    from core.requests
"""


def answer_of(standing: Standing) -> tuple[object, ...]:
    s = standing
    extension = s.extension_days if s.start_on else 0
    return (s.outcome, s.receipt_on, s.start_on, s.due_on, s.closed_on, s.closing_kind, s.waiting_for, extension, s.days_late)


def described(log: Log) -> str:
    events = sorted((e.on.isoformat(), e.kind, e.number or "", e.days, str(e.reply_due_on)) for e in log.events)
    return f"{log.channel}, set aside {log.is_row_set_aside}: " + "; ".join(" ".join(map(str, event)) for event in events)


def test_random_logs_are_judged_as_the_articles_say() -> None:
    random = Random(SEED)
    logs = {f"{number:05}": random_log(random) for number in range(LOGS)}
    with judged_logs(logs, AS_OF) as connection:
        found = {request: tuple(rest) for request, *rest in connection.execute(ASKED).fetchall()}
    differences, outcomes = [], Counter[str]()
    for request, log in logs.items():
        if not any(event.on <= AS_OF for event in log.events):
            continue
        standing = judge(log.events, log.channel, AS_OF, is_working, has_row_set_aside=log.is_row_set_aside)
        outcomes[standing.outcome] += 1
        if found[request] != answer_of(standing):
            differences.append(f"{described(log)}\n    sql      {found[request]}\n    articles {answer_of(standing)}")
    assert not differences, f"{len(differences)} of {len(logs)}\n" + "\n".join(differences[:3])
    rare = {outcome: count for outcome, count in outcomes.items() if count < LOGS / 1000}
    assert outcomes.keys() >= {"in_time", "late", "overdue", "running", "waiting", "lapsed", "undated", "unknown"}
    assert not rare, outcomes
