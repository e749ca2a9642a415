"""Stages of a plan, 研究部署阶段(2023年5月), with the days on which they begin and end.

A month alone begins on its first day and ends on its last; a year or month left out is that of the point before, else the plan's.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_STAGE = re.compile(r"阶段\n?[(:,](?P<period>[^()\n。;]{3,40}?)(?:\)|[。;\n])")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,10}$")
# 2023年6月1日, 6月1日, 6月, 30日, 年底
_POINT = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?:(?P<month>1[0-2]|0?[1-9])月份?(?:(?P<day>3[01]|[12]\d|0?[1-9])[日号])?|(?P<lone_day>3[01]|[12]\d|0?[1-9])[日号]|(?P<year_end>(?<=年)底|年底|年末))"
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; `start` and `end` are its span in the text it was read from. A day is None where the words do not give it."""

    name: str
    period: str
    starts_on: date | None
    ends_on: date | None
    start: int
    end: int


def read_stages(text: str, year: int | None) -> Iterator[Stage]:
    """Stages in folded text, in its order; what stands behind a name and is no period of time makes none."""
    for found in _STAGE.finditer(text):
        name = _NAME.search(text, max(0, found.start() - 10), found.start())
        starts_on, ends_on = _days(found["period"], year)
        if name and (starts_on or ends_on):
            yield Stage(f"{name.group()}阶段", found["period"], starts_on, ends_on, name.start(), found.end("period"))


def _days(period: str, year: int | None) -> tuple[date | None, date | None]:
    points = [*_POINT.finditer(period)]
    if not points:
        return None, None
    first, year, month = _day(points[0], year, None, at_end=False)
    last, _, _ = _day(points[-1], year, month, at_end=True)
    begins_now = "即日" in period[: points[0].start()] or "印发" in period[: points[0].start()]
    return (None if begins_now or period[: points[0].start()].endswith(("至", "到", "前")) else first), last


def _day(point: re.Match[str], year: int | None, month: int | None, *, at_end: bool) -> tuple[date | None, int | None, int | None]:
    """The day a point means as a beginning or an end, and the year and month that hold for the next point."""
    year = int(point["year"]) if point["year"] else year
    month = 12 if point["year_end"] else int(point["month"]) if point["month"] else month
    if year is None or month is None:
        return None, year, month
    length = calendar.monthrange(year, month)[1]
    printed = point["day"] or point["lone_day"]
    day = int(printed) if printed else (length if at_end or point["year_end"] else 1)
    return (date(year, month, day) if day <= length else None), year, month
