"""How a cell gets its value: the few keywords by which a register of the sample says what a column holds.

A column is a plain value, or a mapping that names one maker (`MAKERS`) and, if the cell is not always filled, its `share`:

    one_of: [政府网站, 政务新媒体]              one of them; a mapping gives each its weight
    text: 栖{mark}罚〔{decided_on:%Y}〕{serial}号   words with the row's own columns and its unit's facts in them
    number: [2, 40]                            a whole number, both ends included; an end may be another column
    working_day: [2026-01-04, 2026-10-16]      a working day of the period
    working_days_after: decided_on, within: [0, 6]   so many working days after another column; null beyond the as-of date
    days_after: opened_on, within: [30, 45]    the same in calendar days; `to_come: true` keeps days beyond the as-of date
    by: enforcement_kind, cases: {行政许可: …}   what another column's value asks for; `else` for all other values
    unit: mixed                                the unit's name: full, short, or now one, now the other
    credit_code: "91"                          a unified social credit code that begins so
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from flows.sample.days import AS_OF, working_days_after, working_days_between

Row = dict[str, Any]
CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # of a credit code: no I, O, S, V, Z
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
FULL_NAME_SHARE = 0.55  # the other rows name their unit by its short name


def draw(random: Random, wanted: Any, row: Row) -> Any:
    """The value that `wanted` asks for, in a row of which `row` is drawn so far; None where its share leaves it empty."""
    if not isinstance(wanted, Mapping):
        return wanted
    if random.random() >= wanted.get("share", 1):
        return None
    (maker,) = wanted.keys() & MAKERS.keys()
    return MAKERS[maker](random, wanted, row)


def _one_of(random: Random, wanted: Mapping[str, Any], row: Row) -> Any:
    choices = wanted["one_of"]
    weights = list(choices.values()) if isinstance(choices, Mapping) else None
    return draw(random, random.choices(list(choices), weights)[0], row)


def _text(random: Random, wanted: Mapping[str, Any], row: Row) -> str:
    return str(draw(random, wanted["text"], row)).format(**row)


def _number(random: Random, wanted: Mapping[str, Any], row: Row) -> int:
    least, most = (row[end] if isinstance(end, str) else end for end in wanted["number"])
    return random.randint(least, most)


def _working_day(random: Random, wanted: Mapping[str, Any], _: Row) -> date:
    return random.choice(working_days_between(*wanted["working_day"]))


def _working_days_after(random: Random, wanted: Mapping[str, Any], row: Row) -> date | None:
    start, wait = row[wanted["working_days_after"]], random.randint(*wanted["within"])
    return _unless_to_come(start and working_days_after(start, wait), wanted)


def _days_after(random: Random, wanted: Mapping[str, Any], row: Row) -> date | None:
    start, wait = row[wanted["days_after"]], random.randint(*wanted["within"])
    return _unless_to_come(start and start + timedelta(days=wait), wanted)


def _unless_to_come(day: date | None, wanted: Mapping[str, Any]) -> date | None:
    return day if day is not None and (day <= AS_OF or wanted.get("to_come")) else None


def _by(random: Random, wanted: Mapping[str, Any], row: Row) -> Any:
    cases = wanted["cases"]
    return draw(random, cases.get(row[wanted["by"]], cases.get("else")), row)


def _unit(random: Random, wanted: Mapping[str, Any], row: Row) -> Any:
    full = random.random() < FULL_NAME_SHARE if wanted["unit"] == "mixed" else wanted["unit"] == "full"
    return row["name" if full else "short"]


def _credit_code(random: Random, wanted: Mapping[str, Any], _: Row) -> str:
    """18 characters with both check characters right (GB 32100-2015, GB 11714-1997); 990101 is no division of China."""
    body = f"MA{''.join(random.choices(CODE_CHARACTERS[:10], k=6))}"
    check = 11 - sum(ALPHABET.index(mark) * weight for mark, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)) % 11
    code = f"{wanted['credit_code']}990101{body}{'0123456789X0'[check]}"
    total = sum(CODE_CHARACTERS.index(mark) * pow(3, place, 31) for place, mark in enumerate(code))
    return code + CODE_CHARACTERS[-total % 31]


MAKERS: Mapping[str, Callable[[Random, Mapping[str, Any], Row], Any]] = {
    "one_of": _one_of,
    "text": _text,
    "number": _number,
    "working_day": _working_day,
    "working_days_after": _working_days_after,
    "days_after": _days_after,
    "by": _by,
    "unit": _unit,
    "credit_code": _credit_code,
}
