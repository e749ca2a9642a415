"""Marks by which a document says who may see it: 此件不予公开, 公开属性：依申请公开, 秘密★1年, 内部资料 注意保存.

Only what a document says of itself counts: a whole line, what stands in brackets, a piece between wide gaps, a labelled field, a cell
below its label. Prose about disclosure (应当不予公开的信息 …) is no mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from flows.sources.plans.formats.html_page import TICKED
from flows.sources.plans.mark_words import (
    ATTRIBUTES,
    FRAME,
    LONGEST,
    PUBLIC,
    SECRET,
    STRICTNESS,
    UNKNOWN,
    is_label,
    is_value,
    of_piece,
    of_value,
    of_words,
    plain,
    squeezed,
)
from flows.sources.plans.model import Mark
from flows.sources.plans.signers import NUMBER
from flows.sources.plans.text import Line, SourceText

_BRACKETED = re.compile(r"[(\[{〔<〈「『]([^()\[\]{}〔〕<>〈〉「」『』\n]{1,80})[)\]}〕>〉」』]")  # words in quotation marks are spoken of
_NUMBERED = re.compile(r"([(〔][一二三四五六七八九十\d]{1,3}[)〕])")
_GAPS = re.compile(r"\s{2,}|\t+|\||【|】")
_DOCUMENT_NUMBER = re.compile(NUMBER)
_DATE = re.compile(r"(?:19|20)\d\d[年.\-/]\d{1,2}[月.\-/]\d{1,2}日?(?:印发)?")
_PROSE_THIS = re.compile(r"(?P<value>此件[^。;\n)〕\]]{2,40})")
_HELD_BY = re.compile(r"[到将对把在凭按持由因以随据与和]$")
_STARRED = re.compile(r"(?:绝密|机密|秘密|商密|内部)[★☆*]+(?:\d{1,2}|[一二三四五六七八九十]{1,3}|长期)?(?:年|个?月)?")
_HINT = re.compile(
    r"公\s*开|密|内\s*部|外\s*传|申\s*请|此\s*件|属\s*性|范\s*围|阅|勿|禁|供|保\s*[存管]|不\s*[得准可]|发\s*至|传\s*达|公\s*布|销|登\s*报|见\s*报|刊|上\s*网|状\s*态|撤|下\s*[架线]|草\s*稿|删\s*除"
)
_BLANKS = re.compile(r"\s+")
_LONGEST_PRINTED = 5 * LONGEST  # with blanks between all its characters
_PAGES = frozenset({"html", "mht"})
_PAGED = frozenset({"docx", "odt", "ofd", "pdf"})  # what stands in the margins of their pages is the document's own
_UPRIGHT = 2  # characters of a line of words that are set downwards or aslant
_HEAD, _FOOT = 25, 20  # lines at either end of a document in which a mark of a word or a label that prose may have is a mark


def read_marks(source: SourceText) -> list[Mark]:
    """Every mark that the document bears, in the order of its lines; one that is read in several ways counts once, as the strictest."""
    lines = [line for line in source.lines if line.text.strip()]
    texts = [plain(line.text) for line in lines]
    table = _Cells(texts)
    found: dict[tuple[int, str], Mark] = {}
    for index, line in enumerate(lines):
        at_edge = index < _HEAD or index >= len(lines) - _FOOT
        is_furniture = line.kind == "boilerplate"
        words = _of_line(texts[index], at_edge=at_edge, is_furniture=is_furniture) if _HINT.search(texts[index]) else ()
        margin = _alone(texts[index]) if is_furniture and source.format in _PAGED else ()
        for kind, quote in (*words, *margin, *table.pairs(index), *table.columns(index, at_edge=at_edge)):
            key = (line.number, squeezed(quote).strip(FRAME)[:12])
            known = found.get(key)
            if known is None or STRICTNESS.index(kind) > STRICTNESS.index(known.kind):
                found[key] = Mark(kind, quote.strip(), line.number)
    upright = (
        [Mark(kind, quote, number) for number, text in _upright(lines) for kind, quote in _alone(text)] if source.format in _PAGED else []
    )
    return [*_unseen(source), *upright, *sorted(found.values(), key=lambda mark: mark.line)]


def _unseen(source: SourceText) -> Iterator[Mark]:
    """What the file says of itself where no reader looks, quoted with its name: keywords：内部资料. It is said of the first line."""
    for name, printed in source.unseen:
        label, text = squeezed(plain(name)), plain(printed)
        words = _found(label, squeezed(text)) if is_label(label) else _of_line(text, at_edge=False, is_furniture=False)
        is_own = source.format not in _PAGES or name == TICKED  # the words of a web page are its site's too
        for kind, quote in (*words, *(_alone(text) if is_own else ())):
            if kind != PUBLIC:
                yield Mark(kind, f"{name}：{quote.strip()}"[:LONGEST], 1)


def strictest(marks: Sequence[Mark]) -> Mark | None:
    """The mark that decides, the first of its kind; None where the document says nothing."""
    return max(marks, key=lambda mark: STRICTNESS.index(mark.kind), default=None)


def attribute_of(marks: Sequence[Mark]) -> str | None:
    """主动公开, 依申请公开 or 不予公开 as the marks say it; another mark in its own words; None where nothing is said."""
    mark = strictest(marks)
    return None if mark is None else ATTRIBUTES.get(mark.kind, mark.quote)


def _of_line(text: str, *, at_edge: bool, is_furniture: bool) -> Iterator[tuple[str, str]]:
    """What the words of a line say of the whole document, each with its kind."""
    words = squeezed(text)
    is_row = len(re.findall(r"[|\t]", text.strip().strip("|"))) > 1
    for piece in dict.fromkeys(_pieces(text)):
        if len(piece) > _LONGEST_PRINTED or not _HINT.search(piece):
            continue
        kind = of_piece(piece, at_edge=at_edge and not is_furniture, is_row=is_row)
        if kind:
            yield kind, piece.strip()[:LONGEST]
    for found in _PROSE_THIS.finditer(words):
        if not _HELD_BY.search(words[: found.start()][-1:]):
            yield of_words(found["value"].removeprefix("此件")), found["value"]
    for found in _STARRED.finditer(words):
        yield SECRET, found[0]


def _upright(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Margins and watermarks that are set downwards or aslant come a character or two a line, from above or from below: first line and words."""
    for is_short, run in groupby(lines, key=lambda line: line.kind in {"boilerplate", "text"} and len(squeezed(line.text)) <= _UPRIGHT):
        members = list(run)
        if is_short and len(members) > 1:
            signs = [squeezed(plain(line.text)) for line in members]
            yield from ((members[0].number, "".join(words)) for words in (signs, reversed(signs)))


def _alone(text: str) -> Iterator[tuple[str, str]]:
    """A margin, a property or a watermark that is nothing but a mark, if only the word of a menu (依申请公开)."""
    kind = of_piece(text, at_edge=True, is_row=False) if _HINT.search(text) else None
    if kind:
        yield kind, text.strip()[:LONGEST]


def _pieces(text: str) -> Iterator[str]:
    """The whole line, what stands in its brackets, what stands between gaps, and what is left beside number and date."""
    yield text
    for found in _BRACKETED.finditer(text):
        yield found[1]
    outside = _BRACKETED.sub(lambda found: found[0] if _NUMBERED.fullmatch(found[0]) else "  ", text)
    yield from _GAPS.split(text)
    yield from _BLANKS.split(text) if len(text) > LONGEST else ()
    numberless = _DOCUMENT_NUMBER.sub("  ", text) if "号" in text and len(text) <= _LONGEST_PRINTED else text
    beside = (numberless, _DATE.sub("  ", text)) if len(text) <= _LONGEST_PRINTED else ()
    for rest in (*beside, outside):
        if rest != text:
            yield from _GAPS.split(rest)
            yield rest
    if " " in text.strip():
        yield from _BLANKS.split(text.strip())


class _Cells:
    """The cells of every line, for labels that stand in one cell and their values in the next: beside it, or below it."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.rows = [_cells(line) for line in lines]
        self.is_header = [any(is_label(cell) for cell in row) for row in self.rows]
        self.headers: list[int | None] = []  # of each line
        for index in range(len(self.rows)):
            same = index > 0 and self._is_row_like(index - 1, index)
            self.headers.append(self._header(index) if same else None)

    def pairs(self, index: int) -> Iterator[tuple[str, str]]:
        if not self.is_header[index]:
            return
        cells = [cell for cell in self.rows[index] if cell]
        for label, value in pairwise(cells):
            if is_label(label) and is_value(label, value, is_row=len(cells) > 2):  # noqa: PLR2004 - a pair
                yield from _found(label, value)

    def columns(self, index: int, *, at_edge: bool) -> Iterator[tuple[str, str]]:
        """Of a table with several rows each speaks of its own item only: what is not public there is for a person to look at."""
        above = self._header(index)
        if above is None or (len(self.rows[above]) == 1 and not at_edge):
            return
        is_table = len(self.rows[above]) > 1
        is_only_row = index == above + 1 and not (is_table and self._is_row_like(index + 1, index))
        for label, value in zip(self.rows[above], self.rows[index], strict=True):
            if is_label(label) and value and is_value(label, value, is_row=is_table):
                for kind, quote in _found(label, value):
                    yield kind if is_only_row or kind == PUBLIC else UNKNOWN, quote

    def _header(self, index: int) -> int | None:
        """The nearest line above with a label and as many cells, no other kind of line between."""
        above = self.headers[index - 1] if index and not self.is_header[index - 1] and len(self.rows[index]) > 1 else index - 1
        return above if above is not None and above >= 0 and self.is_header[above] and self._is_row_like(above, index) else None

    def _is_row_like(self, one: int, other: int) -> bool:
        return one < len(self.rows) and len(self.rows[one]) == len(self.rows[other])


def _found(label: str, value: str) -> Iterator[tuple[str, str]]:
    kind = of_value(label.strip(":=|"), value)
    if kind:
        yield kind, f"{label.strip(':=|')}:{value}"


def _cells(text: str) -> list[str]:
    return [squeezed(cell) for cell in re.split(r"\||\t", text.strip().strip("|"))]
