"""Working days as the State Council's yearly notices make them: weekends, holidays and make-up working days.

Source: chinesecalendar, which transcribes the notices (国务院办公厅关于…年部分节假日安排的通知) from 2004 on. Years whose notice is
not out are counted Monday to Friday and marked provisional; the library is never asked about them.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pyarrow as pa
from chinese_calendar.constants import holidays

YEARS_AHEAD = 2
FIRST_DAY = date(2004, 1, 1)


def last_announced_year() -> int:
    return max(int(day.year) for day in holidays)


def calendar_days() -> pa.Table:
    """Columns calendar_on (date), is_working_day (bool), is_provisional (bool): every day from 2004 to two years past the last notice."""
    last = last_announced_year()
    days = [FIRST_DAY + timedelta(n) for n in range((date(last + YEARS_AHEAD, 12, 31) - FIRST_DAY).days + 1)]
    working = [chinese_calendar.is_workday(day) if day.year <= last else day.weekday() < 5 for day in days]  # noqa: PLR2004 - Saturday is 5
    return pa.table(
        {"calendar_on": pa.array(days, pa.date32()), "is_working_day": working, "is_provisional": [day.year > last for day in days]}
    )
