"""Numbers of spreadsheets as a reader of the sheet sees them: days, and numbers whose format shows more than the number.

Number formats: ECMA-376-1:2016, 18.8.30 (numFmt); serial days count from 1899-12-31 with a day 1900-02-29 that never was, or from
1904-01-01 (18.17.4.1).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

BUILT_IN_DAYS = {14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)}  # 27 to 36 and 50 to 58 are days in Chinese versions
BUILT_IN_TIMES = {18, 19, 20, 21, 45, 46, 47}
LAST_DAY = 2958465  # 9999-12-31
EXACT_DIGITS = 15  # a spreadsheet keeps no more: what came after them reads 0
QUOTED = re.compile(r'"([^"]*)"|\\(.)')
SKIPPED = re.compile(r"_.|\*.|\[[^\]]*\]")


@lru_cache(maxsize=4096)
def is_day_format(code: str) -> bool:
    """Whether a number format shows a day (a time of day alone is none)."""
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code).casefold()
    section = plain.partition(";")[0]
    if "general" in section:
        return False
    has_digits = re.search(r"[0#?]", re.sub(r"\.0+", "", section))
    return bool(re.search(r"[ydge]", section) and not has_digits) or ("年" in code and "m" in section)


@lru_cache(maxsize=4096)
def is_time_format(code: str) -> bool:
    return bool(re.search(r"[hs]", re.sub(r'"[^"]*"|\\.', "", code).casefold())) and not is_day_format(code)


def day_of(serial: float, *, from_1904: bool = False) -> str | None:
    """The day and time of a serial number in ISO form, without a time of midnight; None where no calendar has such a day."""
    if from_1904:
        serial += 1462
    if not 1 <= serial <= LAST_DAY + 1:
        return None
    days = int(serial) if serial >= 60 else int(serial) + 1
    seconds = round((serial - int(serial)) * 86400)
    try:
        when = datetime(1899, 12, 30) + timedelta(days=days, seconds=seconds)  # noqa: DTZ001 - a sheet has no time zone
    except OverflowError:
        return None
    return when.date().isoformat() if seconds == 0 else when.isoformat(sep=" ")


def plain_number(written: str) -> str:
    """A number without exponent and without a point that nothing follows: 2.0260301E7 is 20260301, 12.50 is 12.5."""
    try:
        number = Decimal(written)
    except InvalidOperation:
        return written
    if not number.is_finite():
        return written
    if abs(number.adjusted()) > 40:
        return written
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def as_shown(value: str, code: str) -> str:
    """A number by a format that shows leading zeros or words; a number by any other format as it is.

    Thousands, per cents and currencies say how much, not which one: of them the number stays.
    """
    if not re.search(r'^[^;]*(?:0{2,}(?![0#]*\.\d)|"[^"]*[^\s"¥￥$€元%][^"]*"|\\[^\s¥$.,\-()/])', code):
        return value
    section = code.partition(";")[0]
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] if found[1] is not None else found[2])
        return chr(0xE000 + len(literals) - 1)

    plain = SKIPPED.sub("", QUOTED.sub(keep, section))
    return _filled_in(plain, value, literals) or value


def _filled_in(section: str, value: str, literals: list[str]) -> str | None:
    """The number in the place of its digits; None where the format has decimals, exponents or two places for numbers."""
    if re.search(r"[.,%eE/?]", section) or not re.fullmatch(r"\d+", value):
        return None
    runs = re.findall(r"[0#]+", section)
    if len(runs) != 1 and not (runs and set("".join(runs)) <= {"0"}):
        return None
    digits = value.zfill(sum(run.count("0") for run in runs))
    pieces = re.split(r"[0#]+", section)
    text = pieces[-1]
    for run, piece in zip(reversed(runs), reversed(pieces[:-1]), strict=True):
        size = len(run) if run is not runs[0] else len(digits)
        digits, part = digits[: len(digits) - size], digits[len(digits) - size :]
        text = piece + part + text
    return "".join(literals[ord(sign) - 0xE000] if 0xE000 <= ord(sign) < 0xE000 + len(literals) else sign for sign in text).strip()


def has_lost_digits(value: str) -> bool:
    """Whether a number has more digits than a spreadsheet keeps: an identity or index number whose end reads 0."""
    return len(plain_number(value).lstrip("-").replace(".", "").lstrip("0")) > EXACT_DIGITS and "." not in plain_number(value)
