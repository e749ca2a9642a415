"""Working days of the sample's years, as its clerks count them: by the State Council's notices, the first day not counted."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from functools import cache

from chinese_calendar import is_workday

AS_OF = date(2026, 10, 31)
FIRST_DAY = date(2020, 1, 1)
LAST_DAY = date(2026, 12, 31)  # the last day of the last year whose holidays are announced


def working_days_after(day: date, number: int) -> date:
    """The `number`-th working day after `day`, which itself is not counted (Civil Code 201); `day` itself for 0.

    No day is later than `LAST_DAY`, which represents everything still to come.
    """
    days = _working_days()
    return day if number == 0 else days[min(bisect_right(days, day) + number, len(days)) - 1]


@cache
def working_days_between(first: date, last: date) -> tuple[date, ...]:
    """Every working day from `first` to `last`, both included."""
    return tuple(day for day in _working_days() if first <= day <= last)


@cache
def _working_days() -> list[date]:
    every = (FIRST_DAY + timedelta(days=passed) for passed in range((LAST_DAY - FIRST_DAY).days + 1))
    return [day for day in every if is_workday(day)]
