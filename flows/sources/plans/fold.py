"""A plan's text in the form that the grammar reads: one kind of each bracket and stop, no white space, soft wraps joined.

Folding maps one character to one character, so every place in the folded text is a place in the printed text. Squeezing takes
white space and boilerplate out; `NormalizedText.source` leads back from each character that is left to where it was printed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.sources.plans.shapes import fold
from flows.sources.plans.text import Line, Repair, SourceText
from flows.sources.plans.wraps import Wraps

_PIECE = re.compile(r"\S+")
_LATIN = re.compile(r"[A-Za-z]")
_PAGE_NUMBER = re.compile(r"(?<=[^\s\d\-])[^\S\n]+-[^\S\n]?\d{1,3}[^\S\n]?-[^\S\n]+(?=[^\s\d\-])")
_SPACED_CJK = re.compile(r"(?<![A-Za-z0-9,.;:!?%)])[^\S\n]+|[^\S\n]+(?![A-Za-z0-9(])|\s*\n\s*")


def clean(printed: str) -> str:
    """A printed passage without the white space of wraps: `各县(市、 区)政 府` is read as `各县(市、区)政府`, words in Latin letters stay apart."""
    return _SPACED_CJK.sub("", printed.strip())


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """Squeezed folded text; a line end stands where a paragraph ends. `starts[i]` in `text` was printed at `sources[i]`."""

    text: str
    printed: str
    folded: str
    starts: Sequence[int]
    sources: Sequence[int]
    line_starts: Sequence[int]
    line_numbers: Sequence[int]

    def source(self, position: int) -> int:
        """Where the character at `position` was printed."""
        index = bisect_right(self.starts, position) - 1
        return self.sources[index] + position - self.starts[index] if index >= 0 else 0

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The printed span of text[start:end], without white space at its ends."""
        while start < end and self.text[start] == "\n":
            start += 1
        while end > start and self.text[end - 1] == "\n":
            end -= 1
        first = self.source(start)
        if end <= start:
            return first, first
        last = self.source(end - 1) + 1
        return first, min(last, self.source(end)) if end < len(self.text) else last

    def without(self, spans: Sequence[tuple[int, int]]) -> NormalizedText:
        """The same flow with nothing but line ends in each of `spans` (in any order): every other character keeps its place."""
        parts: list[str] = []
        reached = 0
        for start, end in sorted(spans):
            parts += (self.text[reached:start], "\n" * (end - max(start, reached)))
            reached = max(reached, end)
        return replace(self, text="".join((*parts, self.text[reached:])))

    def is_gap(self, position: int) -> bool:
        """True where white space was printed right before `position`."""
        index = bisect_right(self.starts, position) - 1
        return index > 0 and self.starts[index] == position and self.text[position - 1] != "\n"

    def gaps(self, start: int, end: int) -> list[int]:
        """Places in start..end where white space was printed."""
        return [
            position
            for position in self.starts[bisect_right(self.starts, start) : bisect_left(self.starts, end)]
            if self.text[position - 1] != "\n"
        ]

    def quote(self, start: int, end: int) -> str:
        """text[start:end] with the printed characters, without the white space of wraps and without what a repair takes out."""
        index = max(bisect_right(self.starts, start) - 1, 0)
        last = bisect_left(self.starts, end, index)
        if last - index <= 1:  # the usual case: one printed piece
            return self._piece(index, start, end).replace("\n", "")
        parts = [self._piece(index, start, self.starts[index + 1])]
        for at in range(index + 1, last):
            piece = self._piece(at, self.starts[at], self.starts[at + 1] if at + 1 < last else end)
            if piece and _LATIN.match(piece) and _LATIN.match(parts[-1][-1:]) and self.printed[self.sources[at] - 1].isspace():
                parts.append(" ")
            parts.append(piece)
        return "".join(parts).replace("\n", "")

    def _piece(self, index: int, start: int, end: int) -> str:
        """text[start:end], which lies in the piece with this index, as printed; as a repair reads it where that is something else."""
        piece = self.text[start:end]
        source = self.sources[index] + start - self.starts[index] if self.starts else 0
        return self.printed[source : source + len(piece)] if self.folded.startswith(piece, source) else piece


def build_flow(source: SourceText, claimed: frozenset[int], folded: str | None = None) -> NormalizedText:
    """The running text of a plan: its lines but for boilerplate, download-site fields and `claimed` lines (tables read elsewhere)."""
    folded = fold(source.text) if folded is None else folded
    kept = [
        line for line in source.lines if line.kind not in {"boilerplate", "metadata"} and line.number not in claimed and line.text.strip()
    ]
    repairs = _repairs_by_line(source.repairs)
    wraps = Wraps.of(kept, folded)
    writer = _Writer(folded)
    previous: Line | None = None
    for line in kept:
        if previous is not None and not wraps.joins(previous, line, repairs):
            writer.newline(line.offset)
        writer.line(line, repairs.get(line.number, ()))
        previous = line
    return NormalizedText(
        "".join(writer.parts), source.text, folded, writer.starts, writer.sources, writer.line_starts, writer.line_numbers
    )


def _repairs_by_line(repairs: Sequence[Repair]) -> dict[int, list[Repair]]:
    by_line: dict[int, list[Repair]] = {}
    for repair in repairs:
        by_line.setdefault(repair.line, []).append(repair)
    return by_line


class _Writer:
    """Puts pieces of folded text together and remembers where each came from."""

    def __init__(self, folded: str) -> None:
        self.folded = folded
        self.parts: list[str] = []
        self.starts: list[int] = []
        self.sources: list[int] = []
        self.line_starts: list[int] = []
        self.line_numbers: list[int] = []
        self.length = 0

    def line(self, line: Line, repairs: Sequence[Repair]) -> None:
        self.line_starts.append(self.length)
        self.line_numbers.append(line.number)
        position = line.offset + _furniture(line)
        end = line.offset + len(line.text)
        cuts = [(repair.start, repair.end, repair.read_as) for repair in repairs]
        if "-" in line.text or "—" in line.text or "－" in line.text:
            cuts = sorted(cuts + [(*page.span(), "") for page in _PAGE_NUMBER.finditer(self.folded, position, end)])
        for first, last, read_as in cuts:
            self.pieces(position, max(position, first))
            self._put(fold(read_as), first)
            position = max(position, last)
        self.pieces(position, end)

    def newline(self, source: int) -> None:
        self._put("\n", max(source - 1, 0))

    def pieces(self, start: int, end: int) -> None:
        for piece in _PIECE.finditer(self.folded, start, end):
            self._put(piece.group(), piece.start())

    def _put(self, text: str, source: int) -> None:
        if text:
            self.starts.append(self.length)
            self.sources.append(source)
            self.parts.append(text)
            self.length += len(text)


_LINE_SIGN = re.compile(r"\s{0,3}(?:#{1,6}\s+|>\s*|[?？]{2,}\s*)")


def _furniture(line: Line) -> int:
    """Length of the Markdown sign that a heading or a quoted line begins with, or of the ?? that stand for lost blanks."""
    head = _LINE_SIGN.match(line.text)
    return head.end() if head else 0


def flow_of(folded: str, printed: str, spans: Sequence[tuple[int, int]]) -> NormalizedText:
    """The running text of a few spans, a table cell for one, joined without a break."""
    writer = _Writer(folded)
    for start, end in spans:
        writer.pieces(start, end)
    return NormalizedText("".join(writer.parts), printed, folded, writer.starts, writer.sources, (), ())
