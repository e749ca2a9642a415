"""Changes to a plan that leave its tasks what they are: line ends lost or added, other words for labels, invented names, a site's noise.

Each change takes the text and the names of units that its answer holds, and gives the new text with a function from old names to new.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from itertools import pairwise

Rename = Callable[[str], str]
Change = Callable[[str, Iterable[str]], tuple[str, Rename]]

NOISE = ("分享到：微信 微博", "打印本页", "- 4 -", "扫一扫在手机打开当前页", "【字体：大 中 小】", "返回顶部")
# what labels and headers are called elsewhere; the last ones are words that no list of the reader's holds
KNOWN_LABELS = {"牵头单位": "主办单位", "责任单位": "落实单位", "责任部门": "承办部门", "配合单位": "协办单位", "完成时限": "时限要求"}
UNKNOWN_LABELS = {
    "牵头单位": "领办单位",
    "责任单位": "经办单位",
    "责任部门": "经办部门",
    "配合单位": "帮办单位",
    "完成时限": "办结时点",
    "工作任务": "攻坚条目",
}
INVENTED = "瀚珑翊璟楷骁煜琛昶砚泓钰"
_PLACES = re.compile(r"^(?:各|市|区|县|州|省|镇|乡|局|台山市|台山)*")
_ENDS = re.compile(r"(?:委员会|办公室|管委会|人民政府|政府|中心|支队|大队|公司|集团|局|委|办|处|科|室|部|院|站|队|会)$")


def same(name: str) -> str:
    return name


def newlines_removed(text: str, _: Iterable[str]) -> tuple[str, Rename]:
    return "".join(line.strip() for line in text.splitlines()), same


def wrapped(width: int) -> Change:
    """Every line broken after `width` characters; rows of bars stay whole, as no writer wraps them."""

    def change(text: str, _: Iterable[str]) -> tuple[str, Rename]:
        lines = [line if "|" in line else "\n".join(_cut(line, width)) for line in text.splitlines()]
        return "\n".join(lines), same

    return change


def _cut(line: str, width: int) -> Iterable[str]:
    return (line[left:right] for left, right in pairwise([*range(0, len(line), width), len(line)])) if line else [""]


def relabelled(words: dict[str, str]) -> Change:
    def change(text: str, _: Iterable[str]) -> tuple[str, Rename]:
        for word, other in words.items():
            text = text.replace(word, other)
        return text, same

    return change


def renamed(text: str, names: Iterable[str]) -> tuple[str, Rename]:
    """Every unit's own word exchanged for invented ones; its place and its ending (市…局) stay."""
    chance = random.Random(7)
    others: dict[str, str] = {}
    for name in sorted({*names}, key=len, reverse=True):
        place = _PLACES.match(name)
        start = place.end() if place else 0
        end = _ENDS.search(name)
        if end and end.start() - start > 1 and re.fullmatch(r"[\u4e00-\u9fff]+", name):
            others[name] = name[:start] + "".join(chance.sample(INVENTED, min(3, end.start() - start))) + end.group()
    if others:
        text = re.sub("|".join(map(re.escape, others)), lambda found: others[found.group()], text)
    return text, lambda name: others.get(name, name)


def noisy(text: str, _: Iterable[str]) -> tuple[str, Rename]:
    """A site's words between paragraphs, never inside a table or a sentence."""
    chance = random.Random(11)
    out: list[str] = []
    for before, line in pairwise(["", *text.splitlines()]):
        if before.endswith(("。", "）")) and len(before) > 12 and "|" not in before + line and chance.random() < 0.3:
            out.append(chance.choice(NOISE))
        out.append(line)
    return "\n".join(out), same


def cells_run_together(text: str, _: Iterable[str]) -> tuple[str, Rename]:
    """Bars and line ends lost, as an archive's dump has a table; what stood in a line of its own keeps nothing of it."""
    return re.sub(r"\s*\|\s*", "", "".join(line.strip() for line in text.splitlines())), same


CHANGES: dict[str, Change] = {
    "newlines removed": newlines_removed,
    "cells run together": cells_run_together,
    "wrapped at 17": wrapped(17),
    "wrapped at 28": wrapped(28),
    "wrapped at 43": wrapped(43),
    "known words for labels": relabelled(KNOWN_LABELS),
    "unknown words for labels": relabelled(UNKNOWN_LABELS),
    "names invented": renamed,
    "noise": noisy,
}
