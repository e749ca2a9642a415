"""Numbers of spreadsheets as a reader of the sheet sees them: days, and numbers whose format shows more than the number.

Number formats: ECMA-376-1:2016, 18.8.30 (numFmt); serial days count from 1899-12-31 with a day 1900-02-29 that never was, or from
1904-01-01 (18.17.4.1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

BUILT_IN_DAYS = {14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)}  # 27 to 36 and 50 to 58 are days in Chinese versions
BUILT_IN_TIMES = {18, 19, 20, 21, 45, 46, 47}
LAST_DAY = 2958465  # 9999-12-31
EXACT_DIGITS = 15  # a spreadsheet keeps no more: what came after them reads 0
Piece = Literal["words", "digits", "mark"]
LOCAL_GENERAL = "G/通用格式"  # as old workbooks and WPS write General in China
TOKEN = re.compile(r'"([^"]*)"|[\\!](.)|_.|\*.|\[[^\]]*\]|(General|[0#]+)|([.,%eE/?@])|(.)', re.IGNORECASE)
SAYS_HOW_MUCH = re.compile(r"[\s¥￥$€元整%.,\-()/+:]")  # words of a format that say nothing of which one


@lru_cache(maxsize=4096)
def is_day_format(code: str) -> bool:
    """Whether a number format shows a day (a time of day alone is none)."""
    plain = re.sub(r'"[^"]*"|[\\!].|_.|\*.|\[[^\]]*\]', "", _general(code)).casefold()
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

    Thousands, per cents and currencies say how much, not which one: of them the number stays, but for tens of thousands and the like
    (0.00"万元"), which say how much the number is.
    """
    pieces = _pieces(_general(code).partition(";")[0])
    if not (_has_words(pieces) or any(kind == "digits" and "00" in mask for kind, mask in pieces)):
        return value
    return _filled_in(pieces, value) or value


def text_as_shown(text: str, code: str) -> str:
    """A text by a format that shows words about it: @"号"."""
    sections = code.split(";")
    section = sections[3] if len(sections) > 3 else sections[0]
    pieces = _pieces(section)
    if "@" not in section or not _has_words(pieces):
        return text
    return "".join(text if (kind, mark) == ("mark", "@") else mark for kind, mark in pieces).strip()


def _general(code: str) -> str:
    return code.replace(LOCAL_GENERAL, "General")


@lru_cache(maxsize=4096)
def _pieces(section: str) -> tuple[tuple[Piece, str], ...]:
    """A section of a number format as what it shows: words as they are, digits, and marks that mean something (a point, a thousand, a text)."""
    found: list[tuple[Piece, str]] = []
    for match in TOKEN.finditer(section):
        quoted, escaped, digits, mark, plain = match.groups()
        if digits is not None:
            found.append(("digits", "0" if digits.casefold() == "general" else digits))
        elif mark is not None:
            found.append(("mark", mark))
        elif (words := next((each for each in (quoted, escaped, plain) if each is not None), "")) != "":
            found.append(("words", words))
    return tuple(found)


def _has_words(pieces: Sequence[tuple[Piece, str]]) -> bool:
    """Whether a format shows words that are no currency: 第…号, XX-."""
    return bool(SAYS_HOW_MUCH.sub("", "".join(words for kind, words in pieces if kind == "words")))


def _filled_in(pieces: Sequence[tuple[Piece, str]], value: str) -> str | None:
    """The number in the place of its digits; None where the format has exponents, thousands or two places for numbers."""
    marks = {mark for kind, mark in pieces if kind == "mark"}
    places = [position for position, (kind, _) in enumerate(pieces) if kind != "words"]
    if marks - {"."} or not places:
        return None
    before, after = ("".join(words for _, words in part) for part in (pieces[: places[0]], pieces[places[-1] + 1 :]))
    if marks:
        return f"{before}{value}{after}".strip() if all(kind != "words" for kind, _ in pieces[places[0] : places[-1]]) else None
    runs = [mask for kind, mask in pieces if kind == "digits"]
    if not re.fullmatch(r"\d+", value) or (len(runs) > 1 and set("".join(runs)) != {"0"}):
        return None
    digits = value.zfill(sum(run.count("0") for run in runs))
    text = ""
    for position, (kind, mask) in reversed(list(enumerate(pieces))):
        size = len(digits) if position == places[0] else len(mask)
        digits, part = (digits[: len(digits) - size], digits[len(digits) - size :]) if kind == "digits" else (digits, mask)
        text = part + text
    return text.strip()


def has_lost_digits(value: str) -> bool:
    """Whether a number has more digits than a spreadsheet keeps: an identity or index number whose end reads 0."""
    return len(plain_number(value).lstrip("-").replace(".", "").lstrip("0")) > EXACT_DIGITS and "." not in plain_number(value)
