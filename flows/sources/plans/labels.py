"""The words that label a clause: 牵头单位, 责任部门, 完成时限 and their kin, wherever they stand as labels.

The words stand in words.csv: alternatives that all begin with one fixed character, so that one scan finds them (`re` then skips all
other characters at once); words that may stand before a label (主要, 具体) are taken in afterwards.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.words import words

_LABEL = re.compile("|".join(word.pattern for word in words("label")))
_ROLES = tuple((word.role, re.compile(word.pattern)) for word in words("label"))
_OPEN = tuple((word.role, re.compile(word.pattern)) for word in words("open_label"))
_OPEN_END = re.compile(r"(?:单位|部门|科室|股室|处室|机关|机构|主体|时限|时间|时点|期限|日期|节点|时段|时序):")
_LONGEST_OPEN = 5  # characters before the ending
_NOTE = re.compile(r"\((?:单位|部门|科室|处室|责任人员?|负责人|联系人|人员?|排名第一的?为牵头单位|第一[^()]{0,12})\)")
_BEFORE = (
    "主要",
    "具体",
    "直接",
    "相关",
    "主体",
    "共同",
    "协同",
    "协助",
    "计划",
    "预计",
    "工作",
    "任务",
    "整改",
    "办理",
    "落实",
    "总体",
    "推进",
    "第一",
    "最后",
    "总",
    "实施",
)
_SHORT = frozenset(["责任", "配合", "负责", "时限", "时间", "期限", "牵头", "完成时", "负责人", "责任人", "联系人", "主办", "协办", "会办"])
_ASSISTED = re.compile(
    r":[^:\n]{2,60}(?:协办|会办|配合)(?:[^:\n]{2})?:(?![^\n]{0,60}(?:版权|备案))"
)  # else a site names its owner: 主办:某县人民政府
_BOUNDARY = frozenset("(〔\n。;,、-")


class Label(NamedTuple):
    """A label in the flow: it begins at `start`, its value at `value`; `bracket` is the bracket that it opens, if any."""

    role: str
    start: int
    value: int
    bracket: str | None
    is_open: bool = False  # the word is not known: its value must show what it is


def read_labels(flow: NormalizedText, start: int, end: int) -> list[Label]:
    """All labels of flow.text[start:end] in order."""
    known = [label for found in _LABEL.finditer(flow.text, start, end) if (label := _label(flow, found.start(), found.end()))]
    values = {label.value for label in known}
    others = [label for found in _OPEN_END.finditer(flow.text, start, end) if (label := _open_label(flow.text, found, start))]
    return sorted([*known, *(label for label in others if label.value not in values)], key=lambda label: label.start)


def _open_label(text: str, found: re.Match[str], start: int) -> Label | None:
    """A label of which only the ending is known: from the sign before it, or of two characters where none stands near."""
    left = found.start()
    while left > max(start, found.start() - _LONGEST_OPEN) and text[left - 1] not in _BOUNDARY:
        left -= 1
    if left and text[left - 1] not in _BOUNDARY:
        left = found.start() - 2
    word = text[left : found.end() - 1]
    role = next((role for role, pattern in _OPEN if pattern.fullmatch(word)), None)
    if role is None or word[0] in "各全本我有其该此上下":
        return None
    before = text[left - 1] if left else "\n"
    bracket = before if before in "(〔" else None
    return Label(role, left - 1 if bracket else left, found.end(), bracket, is_open=True)


@lru_cache(maxsize=512)
def _role(word: str) -> str:
    return next(role for role, pattern in _ROLES if pattern.fullmatch(word))


def _label(flow: NormalizedText, start: int, end: int) -> Label | None:
    """A label is followed by a colon, or opens a bracket, or stands alone at the head of a line; `各责任单位:` greets."""
    text, word = flow.text, flow.text[start:end]
    after = text[end : end + 1]
    if after == "(":
        note = _NOTE.match(text, end)
        end = note.end() if note else end
        after = text[end : end + 1]
    if after not in _CAN_FOLLOW and text[start - 1 : start] not in _BOUNDARY:
        return None
    start = _with_words_before(text, start)
    before = text[start - 1] if start else "\n"
    opens = before in "(〔"
    if before in "各明确定" or (before == "由" and not opens) or (word in _SHORT and before not in _BOUNDARY and not flow.is_gap(start)):
        return None
    if word == "主办" and not _ASSISTED.match(text, end):
        return None
    first = start - 1 if opens else start
    value = _value_start(flow, word, (before, after), end)
    named = before == "〔" and after == "〕"  # 【责任单位】甲、乙
    return None if value is None else Label(_role(word), first, value, before if opens and not named else None)


def _value_start(flow: NormalizedText, word: str, around: tuple[str, str], end: int) -> int | None:
    """Where the value begins behind a word that ends at `end`; None where the word is no label. `around` stand the signs beside it."""
    before, after = around
    if after == ":":
        return end + 1
    if after == "〕" and before == "〔":
        return end + (2 if flow.text[end + 1 : end + 2] == ":" else 1)
    if word in _SHORT or (after in "为是" and flow.text.startswith(_ROLE_WORDS, end + 1)):
        return None  # (第一责任单位为牵头单位)
    if before in "(〔" and after and after not in ",;。)〕":
        return end + (after in "为是")
    if after in {"为", "是"} and before in "。;\n":
        return end + 1
    return end if before == "\n" and (after == "\n" or flow.is_gap(end)) else None


_ROLE_WORDS = ("牵头", "主办", "主责", "责任", "工作牵头", "汇总")
_CAN_FOLLOW = frozenset(":〕为是\n")


def _with_words_before(text: str, start: int) -> int:
    """Where a label begins with the words that modify it: 主要责任单位, 计划完成时间."""
    if not text.endswith(_BEFORE, 0, start):
        return start
    return start - len(next(word for word in _BEFORE if text.endswith(word, 0, start)))
