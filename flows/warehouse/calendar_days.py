"""Working days as the State Council's yearly notices make them: weekends, holidays and make-up working days.

Source: chinesecalendar, which transcribes the notices (国务院办公厅关于…年部分节假日安排的通知) from 2004 on. Years whose notice is
not out are counted Monday to Friday and marked provisional; the library is never asked about them.
"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
from chinese_calendar.constants import Holiday, holidays, workdays

YEARS_AHEAD = 2
FIRST_DAY = date(2004, 1, 1)
SATURDAY = 5
CHINESE = {holiday.value: holiday.chinese for holiday in Holiday}


def last_announced_year() -> int:
    return max(int(day.year) for day in holidays)


def calendar_days() -> pa.Table:
    """Every day from 2004 to two years past the last notice: calendar_on (date), is_working_day (bool), is_provisional (bool),
    day_kind (working, make_up, weekend, holiday) and holiday_name (Chinese: the holiday, or the one a make-up day is worked for; else null).
    """
    last = last_announced_year()
    days = [FIRST_DAY + timedelta(n) for n in range((date(last + YEARS_AHEAD, 12, 31) - FIRST_DAY).days + 1)]
    working = [day in workdays or (day.weekday() < SATURDAY and day not in holidays) for day in days]  # no list has a later year
    names = [CHINESE.get(holidays.get(day) or workdays.get(day)) for day in days]
    return pa.table(
        {
            "calendar_on": pa.array(days, pa.date32()),
            "is_working_day": working,
            "is_provisional": [day.year > last for day in days],
            "day_kind": [_kind(day, works) for day, works in zip(days, working, strict=True)],
            "holiday_name": pa.array(names, pa.string()),
        }
    )


def _kind(day: date, works: bool) -> str:
    """Why a day is worked or not: a weekend within a holiday is holiday, a weekend that is worked is a make-up day."""
    if works:
        return "make_up" if day.weekday() >= SATURDAY else "working"
    return "holiday" if day in holidays else "weekend"
