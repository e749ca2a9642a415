"""The numbers that OpenDocument prints before list items and headings (OpenDocument 1.3, part 3, 19.880 ff. and 20.32)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flows.sources.plans.formats.docx_package import local
from flows.sources.plans.formats.numbering import count

_STYLES = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "一": "chineseCounting", "①": "decimalEnclosedCircle",
    "壹": "chineseLegalSimplified", "壱": "chineseLegalSimplified", "甲": "ideographTraditional", "子": "ideographZodiac", "１": "decimalFullWidth",
}  # fmt: skip
_CLOSED = re.compile(r"[\u3000-\u303f\uff00-\uffef.)\]:：①-⑳]$")
_LEVELS = 10


def named(element: Any, name: str, otherwise: str = "") -> str:
    """An attribute by its local name, whatever its namespace."""
    if element is None:
        return otherwise
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), otherwise)


def whole(element: Any, name: str, otherwise: int, most: int = 9999) -> int:
    """An attribute that is a whole number, kept within what a document can mean by it."""
    printed = named(element, name)
    return min(int(printed), most) if printed.isascii() and printed.isdigit() and len(printed) < 10 else otherwise  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class _Level:
    style: str
    prefix: str
    suffix: str
    shown: int
    start: int
    pattern: str


@dataclass(slots=True)
class Lists:
    """List styles by name, and how far each list has counted. `outline` is the style of numbered headings."""

    styles: dict[str, dict[int, _Level]] = field(default_factory=dict)
    outline: dict[int, _Level] = field(default_factory=dict)
    counters: dict[str, list[int]] = field(default_factory=dict)

    def read(self, container: Any) -> None:
        """Take the list styles from a part of the document that holds styles."""
        for each in () if container is None else container.iterchildren():
            if local(each) == "list-style":
                self.styles[named(each, "name")] = _levels(each)
            elif local(each) == "outline-style":
                self.outline = _levels(each)

    def begin(self, key: str, level: int) -> None:
        """A list starts anew at this level (from 1)."""
        counters = self.counters.setdefault(key, [0] * (_LEVELS + 1))
        counters[level:] = [0] * (_LEVELS + 1 - level)

    def next(self, key: str, style: str, level: int, start: int = 0) -> str:
        """The number of the next item, "" for bullets and items without one. `start` is the item's own value, 0 if it has none."""
        levels = self.outline if style == "outline" else self.styles.get(style, {})
        shape = levels.get(level)
        counters = self.counters.setdefault(key, [0] * (_LEVELS + 1))
        if shape is None or not 0 < level <= _LEVELS:
            return ""
        counters[level] = start or (counters[level] + 1 if counters[level] else shape.start)
        counters[level + 1 :] = [0] * (_LEVELS - level)
        if not shape.style:
            return ""
        number = _printed(levels, counters, level, shape)
        return number if not number or _CLOSED.search(number) else f"{number} "


def _printed(levels: dict[int, _Level], counters: list[int], level: int, shape: _Level) -> str:
    def one(at: int) -> str:
        each = levels.get(at)
        return count(counters[at] or 1, (each.style if each else "") or "decimal")

    if shape.pattern:
        return re.sub(r"%(\d)%", lambda mark: one(int(mark[1])), shape.pattern).strip()
    shown = ".".join(one(at) for at in range(max(1, level - shape.shown + 1), level + 1))
    return f"{shape.prefix}{shown}{shape.suffix}".strip()


def _levels(style: Any) -> dict[int, _Level]:
    levels = {}
    for each in style.iterchildren():
        if not isinstance(each.tag, str) or not local(each).startswith(("list-level-style", "outline-level-style")):
            continue
        printed = named(each, "num-format")
        shape = "" if local(each).endswith(("bullet", "image")) else _STYLES.get(printed[:1], "decimal" if printed else "")
        levels[whole(each, "level", 0)] = _Level(
            shape,
            named(each, "num-prefix"),
            named(each, "num-suffix"),
            whole(each, "display-levels", 1),
            whole(each, "start-value", 1),
            named(each, "num-list-format")[:40],
        )
    return levels
