"""Deadlines: the words of a plan as a date, with the rule that made it.

`read_deadline("三季度前", 2022)` is 2022-09-30 by the rule `end_of_quarter`, marked as an interpretation, since the text names no day.
Words that name no date are `ongoing` (长期坚持) or `year_round` (全年); a term counted from an event (之日起20个工作日内) and a
horizon (到2027年) are no deadlines and are kept as their rule only.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

Kind = Literal["date", "ongoing", "year_round", "none"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """What a clause says about time. `on` is set for kind `date` only, and not where no year is known; `recurrence` is an RFC 5545 rule."""

    kind: Kind
    on: date | None = None
    rule: str | None = None
    interpreted: bool = False
    recurrence: str | None = None


NONE = Deadline("none")

_CN = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}
_CN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_YEAR = r"(?:(?P<year>(?:19|20)\d\d|二[〇零][〇零一二三]?[〇零一二三四五六七八九])年?度?(?:底(?=\d))?|(?P<relative>今年|本年度?|当年|明年|次年|来年|翌年))"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?"
_POINT = re.compile(
    rf"(?:{_YEAR}[的,]?)?(?:"
    rf"{_MONTH}(?:(?P<day>3[01]|[12]\d|0?[1-9])[日号](?:-(?P<last_day>3[01]|[12]\d|0?[1-9])[日号])?|(?P<part>上旬|中旬|下旬|初|中))?"
    r"|第?(?P<quarter>[一二三四1-4])个?季度"
    r"|(?P<half>[上下])半年"
    r"|(?P<year_end>年底|年末|年内|年终|年前|底前|底|末|内)"
    r"|(?P<middle>年中)"
    r"|(?P<slash>(?<=年)(?!))"
    r")"
)
_NUMERIC = re.compile(  # 2024.6.30, 2024-06-30, 2024.1-12
    r"(?P<year>20\d\d)(?P<sign>[./-])(?P<month>1[0-2]|0?[1-9])(?:(?P=sign)(?P<day>3[01]|[12]\d|0?[1-9])|-(?P<until>1[0-2]|0?[1-9]))?(?!\d)"
)
_BEGINS = re.compile(r"(?:底|初)?(?:起|开始|以来)")  # a time that something begins at is not when it is due
_BARE_YEAR = re.compile(r"(?<!\d)(?P<year>20\d\d)年(?:度)?(?:前|之前|以前|完成|$|[,;。)])")
_ANY_POINT = re.compile(_NUMERIC.pattern.replace("?P<", "?P<n_").replace("?P=", "?P=n_") + "|" + _POINT.pattern)
_HALF_MONTH_LAST = {"上旬": 10, "初": 10, "中旬": 20, "中": 15}

_ONGOING = re.compile(
    r"长期|持续|常态|常年|经常|日常|长效|适时|实时|随时|及时|立即|即时|即行|滚动|不间断|贯穿|每年|每季|每月|每周|每半年|按季|按月|按年|按周|定期|动态|每日|每天|逐年|逐月|按[^,。;、]{0,4}(?:要求|规定|程序)|一直|始终"
)
_ALL_YEAR_LONG = re.compile(r"(?:今|本|20\d\d)?年内(?=持续|长期|常态|不断)")  # 年内持续推进 names no day
_YEAR_ROUND = re.compile(r"全年|整年|贯穿全年")
_RELATIVE = re.compile(
    r"(?:自|从|在)?(?P<event>[^,。;、(]{2,30}?)(?:之日)?(?:起|后)(?:的)?(?P<count>\d+|[一二两三四五六七八九十]+)个?(?P<unit>工作日|日|天|个?月|年|小时)(?:之|以)?内"
)
_WITHIN = re.compile(r"(?P<count>\d+|[一二两三四五六七八九十]+)个?(?P<unit>工作日|日|天|小时)(?:之|以)?内")
_RECURRENCE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    # 每月20日-23日 → FREQ=MONTHLY;BYMONTHDAY=20,21,22,23
    (re.compile(r"每(?:个)?月(?:的)?(\d{1,2})[日号]?(?:-|至|到)(\d{1,2})[日号]"), lambda m: _monthly(int(m[1]), int(m[2]))),
    (re.compile(r"每(?:个)?月(?:的)?(\d{1,2})[日号]"), lambda m: _monthly(int(m[1]), int(m[1]))),
    (re.compile(r"每(?:个)?月(?:月)?[底末]|每月末"), lambda _: "FREQ=MONTHLY;BYMONTHDAY=-1"),
    (re.compile(r"每(?:个)?季度?(?:末|底|最后)[^,。;]{0,6}"), lambda _: "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
    (re.compile(r"每年(\d{1,2})月(\d{1,2})[日号]"), lambda m: f"FREQ=YEARLY;BYMONTH={int(m[1])};BYMONTHDAY={int(m[2])}"),
    (re.compile(r"每年(\d{1,2})月[底末]"), lambda m: f"FREQ=YEARLY;BYMONTH={int(m[1])};BYMONTHDAY=-1"),
    (re.compile(r"每半年|半年(?:一次|1次)"), lambda _: "FREQ=MONTHLY;INTERVAL=6"),
    (re.compile(r"每(?:个)?季度?|按季度?|逐季"), lambda _: "FREQ=MONTHLY;INTERVAL=3"),
    (re.compile(r"每(?:个)?月|按月|逐月"), lambda _: "FREQ=MONTHLY"),
    (re.compile(r"每(?:两|2|双)周"), lambda _: "FREQ=WEEKLY;INTERVAL=2"),
    (re.compile(r"每(?:个)?周|按周|每星期"), lambda _: "FREQ=WEEKLY"),
    (re.compile(r"每(?:个)?工作日"), lambda _: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    (re.compile(r"每[日天]"), lambda _: "FREQ=DAILY"),
    (re.compile(r"每年(?:年)?[底末]"), lambda _: "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"),
    (re.compile(r"每年|逐年|按年"), lambda _: "FREQ=YEARLY"),
)
_RECURRING_PHRASE = re.compile(r"每[^,。;]*")


def _monthly(first: int, last: int) -> str:
    return "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, range(first, last + 1)))


def recurrence(text: str) -> str | None:
    """The RFC 5545 rule of `每月20日-23日`, `每季度末`, `每周` and the like."""
    for pattern, rule in _RECURRENCE:
        found = pattern.search(text)
        if found:
            return rule(found)
    return None


@lru_cache(maxsize=4096)
def read_deadline(text: str, year: int | None) -> Deadline:
    """What a deadline clause says; `year` is the plan's own and stands in where none is printed. The last of several dates counts."""
    text = _ALL_YEAR_LONG.sub("", text)
    repeats = recurrence(text)
    last = _last_point(_RECURRING_PHRASE.sub("", text) if repeats else text, year)
    if _YEAR_ROUND.search(text):
        return Deadline("year_round", rule="whole_year", recurrence=repeats)
    if last is not None:
        return replace(last, recurrence=repeats)
    if repeats:
        return Deadline("ongoing", rule="recurring", recurrence=repeats)
    if _RELATIVE.search(text) or _WITHIN.search(text):
        return Deadline("none", rule=relative_rule(text))
    if _ONGOING.search(text):
        return Deadline("ongoing", rule="standing")
    return NONE


def relative_rule(text: str) -> str | None:
    """`自决定作出之日起20个工作日内` as `after:决定作出:20:工作日`; start event, count and unit, counted from an event the text does not date."""
    found = _RELATIVE.search(text)
    if found:
        return f"after:{found['event'].removeprefix('自')}:{found['count']}:{found['unit']}"
    within = _WITHIN.search(text)
    return f"within:{within['count']}:{within['unit']}" if within else None


def _last_point(text: str, year: int | None) -> Deadline | None:
    """The last date of a text; a date without a year takes the year printed before it."""
    found: Deadline | None = None
    current, month_before = year, None
    for point in _ANY_POINT.finditer(text):
        values = point.groupdict()
        if _BEGINS.match(text, point.end()):
            continue
        if values["n_year"]:
            current = int(values["n_year"])
            deadline = _numeric(values)
        else:
            if not (values["year"] or values["relative"]) and text[max(0, point.start() - 1) : point.start()] == "每":
                continue
            if values["year_end"] in {"底", "末", "内", "底前"} and not (values["year"] or values["relative"]):
                continue
            current = _year_of(values, current, year)
            if (
                current is not None
                and not (values["year"] or values["relative"])
                and values["month"]
                and month_before
                and text[point.start() - 1] in "-至到"
                and _number(values["month"]) < month_before
            ):
                current += 1
            deadline = _dated(values, current)
        month_before = deadline.on.month if deadline is not None and deadline.on else None
        found = deadline or found
    if found is None:
        bare = [*_BARE_YEAR.finditer(text)]
        if bare:
            return Deadline("date", date(int(bare[-1]["year"]), 12, 31), "end_of_year", interpreted=True)
    return found


def _number(text: str) -> int:
    return _CN[text] if text in _CN else int(text)


def _year_of(values: dict[str, str | None], current: int | None, plan_year: int | None) -> int | None:
    if values["year"]:
        return int(values["year"].translate(_CN_DIGITS))
    if values["relative"] in {"明年", "次年", "来年", "翌年"}:
        base = plan_year if values["relative"] == "明年" else current
        return base + 1 if base is not None else None
    return plan_year if values["relative"] else current


def _numeric(values: dict[str, str | None]) -> Deadline | None:
    year, month = int(values["n_year"] or 0), int(values["n_until"] or values["n_month"] or 0)
    if values["n_day"]:
        return _day(year, month, int(values["n_day"]))
    return Deadline("date", _month_end(year, month), "end_of_month")


def _dated(values: dict[str, str | None], year: int | None) -> Deadline | None:  # noqa: PLR0911 -- one return for each kind of date
    if year is None:
        return Deadline("date", rule="year_unknown")
    if values["month"]:
        month = _number(values["month"])
        if values["last_day"] or values["day"]:
            return _day(year, month, int(values["last_day"] or values["day"] or 0))
        if values["part"] in _HALF_MONTH_LAST:
            return Deadline("date", date(year, month, _HALF_MONTH_LAST[values["part"]]), "part_of_month", interpreted=True)
        return Deadline("date", _month_end(year, month), "end_of_month")
    if values["quarter"]:
        return Deadline("date", _month_end(year, 3 * _number(values["quarter"])), "end_of_quarter", interpreted=True)
    if values["half"]:
        return Deadline("date", date(year, 6, 30) if values["half"] == "上" else date(year, 12, 31), "end_of_half_year", interpreted=True)
    if values["middle"]:
        return Deadline("date", date(year, 6, 30), "middle_of_year", interpreted=True)
    return Deadline("date", date(year, 12, 31), "end_of_year", interpreted=values["year_end"] in {"年内", "内", "年前"})


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _day(year: int, month: int, day: int) -> Deadline:
    """A printed day; one past the end of its month (2月30日) is read as the month's last day and marked."""
    last = calendar.monthrange(year, month)[1]
    return Deadline("date", date(year, month, min(day, last)), "day" if day <= last else "day_past_month_end", interpreted=day > last)
