"""The words by which plans are read, as words.csv has them: one row for each, with its role and an example of it.

Kinds of words: `label` stands before the value of a clause, `header` is the whole header of a column, `header_in_text` a header that
became running text, `open_label` a label that no list knows but for its ending: it needs a value that shows what it is. Names end with a
`unit_suffix`, departments are named by a `department`, people by a `family_name`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name("words.csv")
_BODY = r"(?:单位|部门|科室|股室|处室|机关|机构|主体)"


class Word(NamedTuple):
    """One row: the pattern is a regular expression over folded text; `{body}` in it stands for what names of roles end with (单位)."""

    role: str
    pattern: str
    example: str


@cache
def words(kind: str) -> tuple[Word, ...]:
    """All rows of one kind, in the order of the table: where several match, the first one counts."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kind"] == kind]
    return tuple(Word(row["role"], row["pattern"].replace("{body}", _BODY), row["example"]) for row in rows)


def one_of(patterns: Iterable[str]) -> str:
    """One pattern for many that each begin with a fixed character, grouped by it: a scan tries few branches at each place."""
    groups: dict[str, list[str]] = {}
    for pattern in patterns:
        groups.setdefault(pattern[0], []).append(pattern[1:])
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in groups.items())
