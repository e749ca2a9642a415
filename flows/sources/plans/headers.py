"""Headers of tables that became running text: runs of header words, and where the table below must end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.parts import tail_after
from flows.sources.plans.words import one_of, words

_LED = [f"{role}[省市县区镇局副]?领导" for role in ("分管", "责任", "牵头", "包联", "挂钩", "联系", "主管", "包保")]
_ROLES = "牵头|责任|配合|协办|协助|主办|承办|参与|参加|落实|实施"
_UNITS_OF = [  # 配合/责任单位, 牵头和责任单位
    f"{role}[(/、和及或]{{1,2}}(?:(?:{_ROLES})[(/、和及或]{{0,2}}){{0,2}}[)]?(?:单位|部门|科室|处室)" for role in _ROLES.split("|")
]
_OF_LEADERS = [f"{place}(?:政府)?(?:{'|'.join(_LED)})" for place in "市县区镇"]
_HEADER_WORD = one_of([*_OF_LEADERS, *_LED, *_UNITS_OF, *(word.pattern for word in words("header_in_text"))])
_NOTE = r"(?:\([^()\n\d]{1,8}\))?"  # 责任股室(站所)
HEADER = re.compile(rf"(?:{_HEADER_WORD}){_NOTE}\n?(?:(?:{_HEADER_WORD}){_NOTE}\n?){{2,}}")
_OPEN_WORD = r"(?:(?![各直本全级关我贵其市区县])[\u4e00-\u9fff]){2,4}?(?:单位|部门|科室|时点|节点)"  # 经办单位, behind a word that is known
_ANY = f"(?:{_HEADER_WORD}|{_OPEN_WORD})"
_UNKNOWN = r"(?:(?<=序号)|(?<=序号\n))[\u4e00-\u9fff]{2,6}?"  # 序号 攻坚条目 before a column of units
_PAIR = re.compile(rf"(?:{_HEADER_WORD}){_NOTE}\n?(?:{_UNKNOWN}(?=\n?{_ANY}))?\n?(?:{_ANY}{_NOTE}\n?)+")
_WORD = re.compile(f"{_HEADER_WORD}|{_OPEN_WORD}(?={_ANY}|\n|\\d|$)|{_UNKNOWN}(?=\n?{_ANY})")
ENDS_IN_HEADER = re.compile(rf"(?:{_HEADER_WORD})$")  # …任务清单工作任务 before the bar of the next header
_BETWEEN = re.compile(r"\n?[\u4e00-\u9fff]{2,6}\n?")  # a column of its own name in the middle of a header
_NUMBER = re.compile(r"序号|编号")
_SIGNS = frozenset(":,、;。)")  # behind a label (牵头单位:), behind a name (网站内容保障单位、)
_FEWEST = 3  # words of a header
_TABLE_END = re.compile(r"\n附[件表录]|\n[一二三四五六七八九十]{1,3}、|\n抄送|\n注:|\n备注:|\n[^\n]{2,40}(?:名单|一览表|清单)\n")


def table_end(text: str, start: int) -> int:
    """Where what cannot belong to a table begins: an attachment, a section, a signature, a site's footer."""
    stop = _TABLE_END.search(text, start)
    return tail_after(text, start, stop.start() if stop else len(text))


class HeaderRun(NamedTuple):
    """The header words of one table: text[start:end] of the flow."""

    start: int
    end: int
    words: list[str]


def header_runs(flow: NormalizedText) -> list[HeaderRun]:
    """All runs of two header words and more, in their order, but for the last words of a title right before them, and labels and names in lists."""
    runs: list[HeaderRun] = []
    for found in _PAIR.finditer(flow.text):
        if flow.text[found.end() : found.end() + 1] in _SIGNS:
            continue
        run = _run(flow, found.start(), found.end())
        before = runs[-1] if runs else None
        if before and _NUMBER.match(before.words[0]) and _BETWEEN.fullmatch(flow.text, before.end, run.start):
            run = HeaderRun(before.start, run.end, [*before.words, flow.text[before.end : run.start].strip("\n"), *run.words])
            runs.pop()
        runs.append(run)
    return runs


def _run(flow: NormalizedText, start: int, end: int) -> HeaderRun:
    found = [*_WORD.finditer(flow.text, start, end)]
    if start and flow.text[start - 1] != "\n" and not flow.is_gap(start):  # 某区2023年重点任务 above 序号 工作任务 责任单位
        first = next((at for at, word in enumerate(found) if at and flow.text[word.start() - 1] == "\n"), None)
        number = next((at for at, word in enumerate(found) if _NUMBER.match(word.group())), None)
        begins = number if number is not None else first
        if begins is not None and len(found) - begins >= _FEWEST:
            found = found[begins:]
    return HeaderRun(found[0].start(), end, [word.group() for word in found])


def still_there(flow: NormalizedText, heads: Sequence[HeaderRun]) -> Iterator[HeaderRun]:
    """Those of `heads` that no other reader has taken out of the flow since they were found."""
    return (head for head in heads if flow.text[head.start] != "\n")
