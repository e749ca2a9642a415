"""Cells that a spreadsheet would take for a formula, in the files that clerks get and send back: an apostrophe before them, and off again."""

from __future__ import annotations

from exports.sql_text import literal

# What a spreadsheet would work out as a formula: a cell that begins so, in either width, whatever apostrophes and spaces go before.
FORMULA = r"['\s\p{Z}]*[=+\-@＝＋－＠]"


def as_text(value: str) -> str:
    """SQL: `value` as a spreadsheet leaves it alone, with an apostrophe before what it would work out. For people's files only: data stay data."""
    return f"case when regexp_matches({value}, {literal('^' + FORMULA)}) then chr(39) || {value} else {value} end"


def as_written(value: str) -> str:
    """SQL: `value` before `as_text`, exactly."""
    marked = literal(f"^'{FORMULA}")
    return f"case when regexp_matches({value}, {marked}) then substr({value}, 2) else {value} end"
