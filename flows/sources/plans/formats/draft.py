"""What every format hands over: rows in reading order, before they get their places in the whole text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.sources.plans.formats.losses import Box, Loss

_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff]")
_BLANKS = re.compile(r"[\s\u3000]+")


@dataclass(slots=True)
class Row:
    """One line of the text to be. `copied` names the columns whose cell repeats a vertically merged cell above.

    `breaks` are the columns of `text` at which a further paragraph of the same cell begins. `score` is how sure text recognition was
    (0 to 1), None for text that the file itself holds; `box` is where recognised text stands on its page. `is_wrapped` says that the line
    goes on the paragraph of the line before it after a line break.
    """

    text: str
    kind: str = "text"
    page: int | None = None
    copied: tuple[int, ...] = ()
    breaks: tuple[int, ...] = ()
    score: float | None = None
    box: Box | None = None
    is_wrapped: bool = False


@dataclass(slots=True)
class Draft:
    """All rows of one document, with what the file says about itself and what of it was not read.

    `unseen` are texts that no reader of the document sees, each with its name: properties of the file, comments, hidden fields.
    """

    rows: list[Row]
    encoding: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    unseen: list[tuple[str, str]] = field(default_factory=list)


def one_line(text: str) -> str:
    """`text` without invisible characters, each run of blanks (U+3000 and &nbsp; too) as one space."""
    if text.isalnum():
        return text
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip()


def gap(text: str, more: str) -> str:
    """What goes between two lines made one: a space between words or figures of the Latin script, else nothing."""
    needs_space = text[-1:].isascii() and text[-1:].isalnum() and more[:1].isascii() and more[:1].isalnum()
    return " " if needs_space else ""


PARAGRAPH = "\v"
"""Between the paragraphs of a table cell; a line end inside a paragraph is a newline."""


def one_cell(text: str) -> str:
    """A table cell on one line."""
    return cell_line(text)[0]


def cell_line(text: str) -> tuple[str, tuple[int, ...]]:
    """A table cell on one line, and the columns at which its second and further paragraphs begin."""
    line, breaks = "", []
    for paragraph in text.split(PARAGRAPH):
        words = [words for words in map(one_line, paragraph.split("\n")) if words]
        for index, each in enumerate(words):
            line += gap(line, each)
            if line and not index:
                breaks.append(len(line))
            line += each
    return line, tuple(breaks)
