"""The words that label a clause: 牵头单位, 责任部门, 完成时限 and their kin, wherever they stand as labels.

The grammar is a table of alternatives that all begin with one fixed character, so that one scan finds them (`re` then skips all
other characters at once); words that may stand before a label (主要, 具体) are taken in afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from flows.sources.plans.fold import Flow

_BODY = r"(?:单位|部门|科室|股室|处室|机关|机构|主体)"
# role, label; one example each
_GRAMMAR = (
    ("lead", rf"牵头(?:责任|负责|落实|\(?主办\)?|\(责任\)|\(主责\))?{_BODY}"),  # 牵头单位, 牵头(责任)单位
    ("lead", rf"主[办责](?:责任)?{_BODY}"),  # 主办单位
    ("lead", rf"主要责任{_BODY}"),  # 主要责任单位
    ("lead", rf"第一责任{_BODY}"),  # 第一责任单位
    ("person", r"牵头(?:县|市|区|局)?领导"),  # 牵头领导
    ("lead", r"牵头"),  # 牵头:甲
    ("lead", r"主办"),  # 主办:甲 协办:乙
    ("person", r"责任(?:领导|人员?)"),  # 责任人
    ("responsible", rf"责任{_BODY}(?:及分工|和分工|[及和、](?:责任人|负责人|联系人))?"),  # 责任单位及责任人
    *(("responsible", rf"{word}{_BODY}") for word in ("会办", "联办", "支持", "协管", "督办", "主管", "共同责任")),  # 会办处室
    ("responsible", r"责任(?:分工|落实)?"),  # 责任分工
    *(("responsible", rf"{word}分工") for word in ("部门", "单位", "任务", "职责", "工作")),  # 部门分工
    ("person", r"负责人"),
    ("responsible", rf"负责{_BODY}?"),  # 负责单位, 负责:
    ("person", r"配合领导"),
    ("responsible", rf"配合(?:责任|协作)?{_BODY}?"),  # 配合单位
    ("responsible", rf"协[办作同助](?:配合|责任)?{_BODY}"),  # 协办单位
    *(("responsible", word) for word in ("协办", "会办")),  # 协办:乙
    ("responsible", rf"参[与加](?:配合)?{_BODY}"),  # 参与单位
    ("responsible", rf"组织实施{_BODY}"),
    ("responsible", rf"实施{_BODY}"),  # 实施单位
    ("responsible", rf"落实(?:责任)?{_BODY}"),  # 落实单位
    ("responsible", rf"承[办担](?:责任)?{_BODY}"),  # 承办单位
    ("responsible", rf"执行{_BODY}"),
    ("responsible", rf"完成{_BODY}"),
    ("deadline", r"完成(?:的)?(?:时限|时间|时点|期限|日期|节点|年限|进度|时)(?:要求|安排|节点)?"),  # 完成时限
    ("deadline", r"时[间限](?:要求|安排|节点|进度|期限)?"),  # 时限要求
    ("deadline", r"进度(?:安排|要求)"),
    ("deadline", r"截止(?:时间|日期)"),
    ("deadline", r"期限(?:要求)?"),
    *(("person", rf"{word}领导") for word in ("分管", "包保", "挂牌")),
    ("person", r"联[系络](?:人|电话|方式)"),
    ("person", r"咨询电话"),
    ("person", r"经办人"),
)
_LABEL = re.compile("|".join(pattern for _, pattern in _GRAMMAR))
_ROLES = tuple((role, re.compile(pattern)) for role, pattern in _GRAMMAR)
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


def read_labels(flow: Flow, start: int, end: int) -> Iterator[Label]:
    """All labels of flow.text[start:end] in order."""
    for found in _LABEL.finditer(flow.text, start, end):
        label = _label(flow, found.start(), found.end())
        if label is not None:
            yield label


@lru_cache(maxsize=512)
def _role(word: str) -> str:
    return next(role for role, pattern in _ROLES if pattern.fullmatch(word))


def _label(flow: Flow, start: int, end: int) -> Label | None:
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


def _value_start(flow: Flow, word: str, around: tuple[str, str], end: int) -> int | None:
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
