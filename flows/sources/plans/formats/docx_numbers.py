"""The numbers that Word puts before paragraphs: they stand nowhere in the text, numbering.xml tells how to count them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flows.sources.plans.formats.docx_package import child, is_on, value, whole
from flows.sources.plans.formats.numbering import count

_LEVELS = 9
_CLOSED = re.compile(r"[\u3000-\u303f\uff00-\uffef.)\]:：①-⑳⑴-⒛㊀-㊉]$")


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list counts (ECMA-376 17.9.6)."""

    start: int
    style: str
    pattern: str
    is_legal: bool
    restarts: int | None

    def joined(self, number: str) -> str:
        """With a gap only where number and text would run together."""
        return number if not number or _CLOSED.search(number) else f"{number} "


@dataclass(slots=True)
class _List:
    """One abstract list with its running counters; lists made from it go on where the last one stopped."""

    levels: dict[int, _Level]
    counters: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says of its paragraphs and words: their kind of row, list and level, and whether they are hidden."""

    kind: str
    list_id: str
    level: int
    is_hidden: bool

    @classmethod
    def of(cls, chain: list[Any]) -> _Style:
        """From a style and those it is based on, the nearest first."""
        names = [(value(child(style, "name")) or "").lower() for style in chain]
        is_outlined = any(whole(child(style, "pPr", "outlineLvl"), _LEVELS) < _LEVELS for style in chain)
        is_heading = is_outlined or any(name == "title" or name.startswith("heading") for name in names)
        kind = "boilerplate" if any(name.startswith("toc ") for name in names) else "heading" if is_heading else "text"
        lists = [value(child(style, "pPr", "numPr", "numId")) for style in chain]
        levels = [child(style, "pPr", "numPr", "ilvl") for style in chain]
        level = whole(next((level for level in levels if level is not None), None), 0)
        hides = next((switch for style in chain if (switch := child(style, "rPr", "vanish")) is not None), None)
        return cls(kind, next(filter(None, lists), ""), level, is_on(hides))


class Numbers:
    """Counts as Word does while paragraphs pass in the order of the document."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._lists: dict[str, _List] = {}
        self._nums: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = {}
        self._restarted: set[tuple[str, int]] = set()
        self._styles = {} if styles is None else {value(each, "styleId"): each for each in styles.iterchildren("{*}style")}
        self._read_styles: dict[str | None, _Style] = {}
        if numbering is not None:
            self._read(numbering)

    def number_of(self, properties: Any) -> str:
        """The number before the paragraph with these w:pPr (or None), "" if it has none. Each call counts on."""
        list_id, level = self._place(properties)
        if list_id not in self._nums or not 0 <= level < _LEVELS:
            return ""
        abstract, overrides, starts = self._nums[list_id]
        the_list = self._lists.get(abstract)
        if the_list is None:
            return ""
        levels = the_list.levels | overrides
        self._advance(the_list, levels, level, list_id, starts)
        return self._printed(the_list.counters, levels, level)

    def kind_of(self, properties: Any) -> str:
        """The kind of row that Word's own styles make of the paragraph: heading, boilerplate (a table of contents) or text."""
        if properties is None:
            return "text"
        kind = self._style(value(child(properties, "pStyle"))).kind
        return "heading" if kind == "text" and whole(child(properties, "outlineLvl"), _LEVELS) < _LEVELS else kind

    def hides(self, properties: Any, style: str) -> bool:
        """Whether these w:pPr or w:rPr (or None) hide what they stand for: by their own switch, else by their style (its element's name)."""
        own = child(properties, "vanish") if style == "rStyle" else child(properties, "rPr", "vanish")
        return is_on(own) if own is not None else self._style(value(child(properties, style))).is_hidden

    def _read(self, numbering: Any) -> None:
        links = {}
        for each in numbering.iterchildren("{*}abstractNum"):
            identity = value(each, "abstractNumId") or ""
            levels = {whole(level, _LEVELS, "ilvl"): _level(level) for level in each.iterchildren("{*}lvl")}
            self._lists[identity] = _List(levels)
            links[identity] = value(child(each, "numStyleLink"))
        for each in numbering.iterchildren("{*}num"):
            overrides = {whole(one, _LEVELS, "ilvl"): one for one in each.iterchildren("{*}lvlOverride")}
            levels = {at: _level(child(one, "lvl")) for at, one in overrides.items() if child(one, "lvl") is not None}
            starts = {at: whole(child(one, "startOverride"), 1) for at, one in overrides.items() if child(one, "startOverride") is not None}
            self._nums[value(each, "numId") or ""] = (value(child(each, "abstractNumId")) or "", levels, starts)
        self._follow_links(links)

    def _follow_links(self, links: dict[str, str | None]) -> None:
        """A list that only names a list style takes that style's levels."""
        for identity, link in links.items():
            list_id = value(child(self._styles.get(link), "pPr", "numPr", "numId")) or ""
            if link and list_id in self._nums and not self._lists[identity].levels:
                target = self._lists.get(self._nums[list_id][0])
                self._lists[identity].levels = target.levels if target else {}

    def _place(self, properties: Any) -> tuple[str, int]:
        """List and level of a paragraph: its own, or its style's."""
        if properties is None:
            return "", 0
        own = child(properties, "numPr")
        style = self._style(value(child(properties, "pStyle")))
        list_id = value(child(own, "numId"))
        return style.list_id if list_id is None else list_id, whole(child(own, "ilvl"), style.level)

    def _style(self, style_id: str | None) -> _Style:
        """What a style and those it is based on say; each is looked up once."""
        if style_id not in self._read_styles:
            self._read_styles[style_id] = _Style.of(self._chain(style_id))
        return self._read_styles[style_id]

    def _chain(self, style_id: str | None) -> list[Any]:
        chain: list[Any] = []
        while style_id in self._styles and len(chain) <= _LEVELS:
            chain.append(self._styles[style_id])
            style_id = value(child(chain[-1], "basedOn"))
        return chain

    def _advance(self, the_list: _List, levels: dict[int, _Level], level: int, list_id: str, starts: dict[int, int]) -> None:
        counters = the_list.counters
        if level in starts and (list_id, level) not in self._restarted:
            self._restarted.add((list_id, level))
            counters[level] = starts[level]
        else:
            begin = levels[level].start if level in levels else 1
            now = counters[level]
            counters[level] = begin if now is None else now + 1
        for deeper in range(level + 1, _LEVELS):
            restarts = levels[deeper].restarts if deeper in levels else None
            if restarts is None or 0 < level + 1 <= restarts:
                counters[deeper] = None

    @staticmethod
    def _printed(counters: list[int | None], levels: dict[int, _Level], level: int) -> str:
        shape = levels.get(level)
        if shape is None or shape.style in {"bullet", "none"}:
            return ""

        def one(mark: re.Match[str]) -> str:
            at = int(mark[1]) - 1
            each = levels.get(at)
            number = counters[at] if counters[at] is not None else (each.start if each else 1)
            return count(number or 0, "decimal" if shape.is_legal and at < level else (each.style if each else "decimal"))

        return shape.joined(re.sub(r"%([1-9])", one, shape.pattern).strip())


def _level(element: Any) -> _Level:
    restarts = child(element, "lvlRestart")
    return _Level(
        whole(child(element, "start"), 0),
        value(child(element, "numFmt")) or "decimal",
        (value(child(element, "lvlText")) or "")[:40],
        is_on(child(element, "isLgl")),
        None if restarts is None else whole(restarts, 0),
    )
