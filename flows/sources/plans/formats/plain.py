"""Plain text and Markdown: the decoded file itself, line by line, nothing removed."""

from __future__ import annotations

import re

from exports.messages import _
from flows.sources.plans.formats.draft import Draft, Row
from flows.sources.plans.formats.encodings import decode
from flows.sources.plans.formats.losses import Loss

_MARKDOWN_HEADING = re.compile(r" {0,3}#{1,6}\s+\S")
_RULE_SIGNS = frozenset(" \t\u3000|:+-")
_MOST_LINES_OF_A_CELL = 6
_PARTIAL_RULE = re.compile(r"├[-─━┼]+[┤┼]")
_DRAWN_BARS = "│┃║"
_DRAWN_RULE = re.compile(
    r"[\s|│┃║─━═┄┅┈┉\-]*[┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╭╮╰╯┯┷┿╂┠┨][\s|│┃║─━═┄┅┈┉\-┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╭╮╰╯┯┷┿╂┠┨]*"
)


def read(data: bytes, name: str) -> Draft:
    """Rows are the lines of the file, with newlines of all systems taken alike."""
    text, encoding = decode(data, name)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows = [Row(line) for line in lines]
    _mark_tables(rows)
    for row in rows:
        if row.kind == "text" and _MARKDOWN_HEADING.match(row.text):
            row.kind = "heading"
    partly = next((at for at, row in enumerate(rows, start=1) if is_partly_ruled(row.text)), None)
    return Draft(rows, encoding, losses=[Loss("partly_ruled_table", detail=_("line {line}", line=partly))] if partly else [])


def _mark_tables(rows: list[Row]) -> None:
    """Two bars make a table row; one bar between two cells does where a neighbouring row has such bars too.

    A rule of dashes (|---|---|, ├──┼──┤) holds no content. A line that only ends in a bar is one cell of a table that was put one cell a line.
    """
    bars = [_bars(row.text) for row in rows]
    for index, row in enumerate(rows):
        beside = max(bars[index - 1] if index else 0, bars[index + 1] if index + 1 < len(rows) else 0)
        if is_partly_ruled(row.text):
            row.kind = "table"
        elif is_rule(row.text):
            row.kind = "boilerplate"
        elif bars[index] > 1 or (bars[index] and beside) or (row.text.rstrip().endswith("|") and _within(rows, bars, index)):
            row.kind = "table"
    _close_rows(rows)


def _close_rows(rows: list[Row]) -> None:
    """A row whose last bar stands some lines farther down (a line end inside a cell) goes on as far as that bar."""
    closed = False
    for index, row in enumerate(rows):
        ends = row.text.rstrip().endswith("|")
        if row.kind == "table" and closed and not ends:
            rest = rows[index + 1 : index + 1 + _MOST_LINES_OF_A_CELL]
            last = next((at for at, each in enumerate(rest) if each.text.rstrip().endswith("|")), None)
            if last is not None and all(each.kind != "boilerplate" for each in rest[: last + 1]):
                for each in rest[: last + 1]:
                    each.kind = "table"
        closed = row.kind == "table" and ends


def _within(rows: list[Row], bars: list[int], index: int) -> bool:
    """True for a line of one cell between rows of several: a heading inside a table."""
    return 0 < index < len(rows) - 1 and min(bars[index - 1], bars[index + 1]) > 1 and bool(rows[index].text.strip("| \t\u3000"))


def is_rule(text: str) -> bool:
    """True for a line that is drawn between the rows of a table and says nothing."""
    return (_RULE_SIGNS.issuperset(text) and "|" in text and "-" in text) or (bool(text) and _DRAWN_RULE.fullmatch(text) is not None)


def is_partly_ruled(text: str) -> bool:
    """True for a line of a drawn table in which a rule ends the cells of some columns while the others go on."""
    if text.count("├") != 1 or _PARTIAL_RULE.search(text) is None:
        return False  # several: a whole table on one line
    return not (text.strip().startswith("├") and text.strip().endswith("┤"))


def _bars(text: str) -> int:
    for bar in "" if text.isascii() else _DRAWN_BARS:  # three searches are many times as fast as str.translate on Chinese
        text = text.replace(bar, "|")
    count = text.count("|")
    if count == 1 and not all(part.strip() for part in text.partition("|")[::2]):
        return 0
    return count if text.strip("| \t\u3000") else 0
