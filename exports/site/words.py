"""What codes of the data are called on pages: words.csv, by column and code."""

from __future__ import annotations

from collections.abc import Mapping
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from exports.catalog import Text

TABLE = Path(__file__).parent / "words.csv"
TONES = ("kept", "late", "overdue", "running", "unknown")
"""Order in which counts are shown and drawn: kept, late, overdue, not yet due, unknown."""
MARKS = {"kept": "✓", "late": "▲", "overdue": "✕", "running": "○", "unknown": "?"}
"""The shape beside each colour: nothing is told by colour alone."""


@dataclass(frozen=True)
class Word:
    """A code's name in both languages, the tone in which it is shown (None: plain), and what it means where that needs saying."""

    code: str
    zh: str
    en: str
    tone: str | None = None
    note: Text | None = None


@cache
def words() -> Mapping[str, Mapping[str, Word]]:
    """All words by column and code."""
    found: dict[str, dict[str, Word]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in DictReader(file):
            note = Text(zh=row["note_zh"], en=row["note_en"]) if row["note_zh"] else None
            found.setdefault(row["column_name"], {})[row["code"]] = Word(row["code"], row["zh"], row["en"], row["tone"] or None, note)
    return found


def word(column: str, code: str | None) -> Word:
    """The word for a code; one that the table lacks is shown as it is printed, in no tone but that of the unknown."""
    if code is None:
        return Word("", "—", "—")
    return words().get(column, {}).get(code) or Word(
        code, code, code, "unknown" if column in {"delivery_status", "coverage_status"} else None
    )
