"""What stands over rows and in no cell of theirs: titles above a table, headings between its rows, notes below it, names of sheets.

Clerks say there once what holds for every row (二、依申请公开的信息). A heading is about the rows below it, as far as the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["title", "heading", "note", "sheet"]


@dataclass(frozen=True)
class Over:
    """One such text; `row` is where a heading stands, counted as source_row is, None where the text is about the whole sheet."""

    kind: Kind
    text: str
    sheet: str | None = None
    row: int | None = None
