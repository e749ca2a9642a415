"""The words that clerks write for the codes of a column: sql/reference/code_words.csv."""

from __future__ import annotations

import csv
from functools import cache

from exports.catalog import PROJECT_ROOT

CODE_WORDS = PROJECT_ROOT / "sql" / "reference" / "code_words.csv"


@cache
def code_words(column: str) -> tuple[tuple[str, str], ...]:
    """(word, code) of a column in the order of the list, the usual word of a code first; empty for a column without codes."""
    with CODE_WORDS.open(encoding="utf-8", newline="") as stream:
        return tuple((row["written"], row["code"]) for row in csv.DictReader(stream) if row["column_name"] == column)
