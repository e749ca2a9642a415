"""The kinds of documents that come among plans, as kinds.csv has them: how titles end, which words of the text tell, an example of each."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flows.sources.plans.shapes import fold

TABLE = Path(__file__).with_name("kinds.csv")
DIRECTIVE, UNTITLED = "directive", "task_list"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of kinds.csv: what the core of a title ends with, and words of the text of which `least` different ones tell the kind.

    `headings` count only as the heading of a section or the label of a field (in the table behind `=`), `phrases` wherever they stand.
    """

    code: str
    is_plan: bool
    title: re.Pattern[str] | None
    headings: tuple[re.Pattern[str], ...]
    phrases: tuple[re.Pattern[str], ...]
    least: int


@cache
def kinds() -> tuple[Kind, ...]:
    """Every row of kinds.csv."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return tuple(_kind(row) for row in csv.DictReader(stream))


def _kind(row: dict[str, str]) -> Kind:
    words = row["text_patterns"].split()
    return Kind(
        row["document_kind"],
        row["is_plan"] == "yes",
        re.compile(row["title_pattern"]) if row["title_pattern"] else None,
        tuple(re.compile(word[1:]) for word in words if word.startswith("=")),
        tuple(re.compile(word, re.MULTILINE) for word in words if not word.startswith("=")),
        int(row["text_least"] or 0),
    )


@cache
def kind_of_code() -> dict[str, Kind]:
    """Code -> kind."""
    return {kind.code: kind for kind in kinds()}


def squeezed(text: str) -> str:
    """The words of a text in one shape, without blanks; line ends stay."""
    return re.sub(r"[^\S\n]+", "", fold(text)).replace("見", "见")
