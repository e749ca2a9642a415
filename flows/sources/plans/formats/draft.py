"""What every format hands over: rows in reading order, before they get their places in the whole text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff]")
_BLANKS = re.compile(r"[\s\u3000]+")


@dataclass(slots=True)
class Row:
    """One line of the text to be. `copied` names the columns whose cell repeats a vertically merged cell above."""

    text: str
    kind: str = "text"
    page: int | None = None
    copied: tuple[int, ...] = ()


@dataclass(slots=True)
class Draft:
    """All rows of one document, with what the file says about itself."""

    rows: list[Row]
    encoding: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


def one_line(text: str) -> str:
    """`text` without invisible characters, each run of blanks (U+3000 and &nbsp; too) as one space."""
    if text.isalnum():
        return text
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip()


def gap(text: str, more: str) -> str:
    """What goes between two lines made one: a space between words or figures of the Latin script, else nothing."""
    needs_space = text[-1:].isascii() and text[-1:].isalnum() and more[:1].isascii() and more[:1].isalnum()
    return " " if needs_space else ""


def one_cell(text: str) -> str:
    """A table cell on one line."""
    lines = [line for line in map(one_line, text.split("\n")) if line]
    return "".join(gap(before, line) + line for before, line in zip(["", *lines], lines, strict=False))
