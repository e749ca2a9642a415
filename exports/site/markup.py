"""Small pieces of HTML that every page has by the hundred: words in both languages, marks, badges, bars, numbers and days.

Functions and no macros: a page of a thousand rows takes a third of the time. All that comes from data is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from markupsafe import Markup

from exports.catalog import Text
from exports.site.shapes import Piece
from exports.site.words import MARKS, word


@lru_cache(maxsize=4096)
def t(zh: str, en: str) -> Markup:
    """A text in both languages side by side; site.css shows one of them."""
    return Markup('<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>').format(zh, en)


def text(both: Text) -> Markup:
    return t(both.zh, both.en)


@cache
def label(column: str, code: str | None) -> Markup:
    """The word for a code."""
    found = word(column, code)
    return t(found.zh, found.en)


@cache
def mark(tone: str) -> Markup:
    """The shape of a tone, for the eye; its word goes beside it."""
    return Markup('<span class="mark {}" aria-hidden="true">{}</span>').format(tone, MARKS[tone])


@cache
def badge(column: str, code: str | None) -> Markup:
    """The word for a code with the shape and colour of its tone; a code without a tone has that of the unknown."""
    tone = word(column, code).tone or "unknown"
    return Markup('<span class="badge {}">{}{}</span>').format(tone, mark(tone), label(column, code))


def bar(parts: Sequence[Piece]) -> Markup:
    """A bar of parts. It is for the eye only: wherever it is drawn, the counts stand beside it."""
    return _BAR.format(Markup("").join(_part(part) for part in parts))


_BAR = Markup('<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>')
_HATCHED = Markup(' fill="url(#hatch)"')


def _part(part: Piece) -> Markup:
    hatch = _HATCHED if part.tone == "unknown" else ""
    return Markup('<rect x="{}" width="{}" height="10" class="f-{}"{}/>').format(part.start, part.width, part.tone, hatch)


def counts(found: Mapping[str, int]) -> Markup:
    """How many of which tone; tones of which there is none are left out."""
    parts = [_count(tone, number) for tone, number in found.items() if number]
    return Markup('<span class="counts">{}</span>').format(Markup("").join(parts) or Markup('<span class="quiet">—</span>'))


@lru_cache(maxsize=4096)
def _count(tone: str, number: int) -> Markup:
    return Markup('<span class="count {}">{}<span class="sr">{}</span>{}</span>').format(tone, mark(tone), label("tone", tone), number)


def number(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def day(value: object | None) -> Markup:
    return Markup("—") if value is None else Markup('<time datetime="{0}">{0}</time>').format(value)


PIECES = {"t": t, "text": text, "label": label, "mark": mark, "badge": badge, "bar": bar, "counts": counts, "number": number, "day": day}
