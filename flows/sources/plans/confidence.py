"""How sure a task is: the measured share of tasks right among those that the same rule read, as confidence.csv has it.

`python -m tests.benchmarks.confidence --write` makes the table from labelled documents, each measured by documents of other sources.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("confidence.csv")
NEEDS_REVIEW_BELOW = 0.85
"""A task of a lower share is to be looked at by a person before anybody relies on it."""


@cache
def confidences() -> dict[str, float]:
    """The share of each rule, from 0 to 1."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return {row["rule"]: float(row["confidence"]) for row in csv.DictReader(stream)}


def weaker(rule: str, other: str) -> str:
    """Of two rules that read a task the one that is right less often."""
    return min((rule, other), key=confidences().__getitem__)
