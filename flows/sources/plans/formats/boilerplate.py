"""Site furniture: menus, share buttons, counters, upload banners, copyright footers. Only whole lines that can be nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from flows.sources.plans.formats.draft import Row

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("furniture.yaml").read_text(encoding="utf-8"))
"""Words and patterns of site furniture, see furniture.yaml."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """One kind of line that a website or reader program adds, with an example of it. `pattern` must fit the whole stripped line."""

    name: str
    pattern: re.Pattern[str]
    example: str


_GAP = r"[\s|·•/,，、:：\[\]【】()（）\-—>＞»]*+"
# The longest button first, and none tried again in another way: a row of forged buttons costs no more than its length.
_BUTTON = "|".join(sorted(WORDS["buttons"], key=len, reverse=True))
_BUTTONS = rf"{_GAP}(?:(?>{_BUTTON}){_GAP})++"
FURNITURE = (
    Furniture("buttons", re.compile(_BUTTONS, re.IGNORECASE), "打印本页 关闭窗口 |"),
    *(Furniture(each["name"], re.compile(each["pattern"], re.IGNORECASE), each["example"]) for each in WORDS["lines"]),
)
_ANY_LINE = re.compile("|".join(f"(?:{each.pattern.pattern})" for each in FURNITURE[1:]), re.IGNORECASE)
_SURE_MENU_WORDS = frozenset(WORDS["sure_menu_words"].split())
_MENU_WORDS = _SURE_MENU_WORDS | frozenset(WORDS["menu_words"].split())
_BETWEEN_WORDS = re.compile(r"[\s|>·]+")
_LONGEST = 700
_LONGEST_BUTTONS = 160


def mark_boilerplate(rows: list[Row]) -> None:
    """Give furniture lines the kind "boilerplate". What is only likely stays as it is."""
    for row in rows:
        if row.kind in {"text", "table", "heading"} and is_furniture(row.text):
            row.kind = "boilerplate"


def is_furniture(line: str) -> bool:
    """Whether `line` is certainly not the document's own."""
    text = line.strip()
    if not text or len(text) > _LONGEST:
        return False
    if _ANY_LINE.fullmatch(text):
        return True
    return len(text) <= _LONGEST_BUTTONS and (FURNITURE[0].pattern.fullmatch(text) is not None or _is_menu(text))


def _is_menu(text: str) -> bool:
    words = [word for word in _BETWEEN_WORDS.split(text) if word]
    return len(words) > 2 and _MENU_WORDS.issuperset(words) and not _SURE_MENU_WORDS.isdisjoint(words)  # noqa: PLR2004 - two could be a title
