"""Headers of tables that became running text: runs of header words, and where the table below must end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flows.sources.plans.fold import Flow
from flows.sources.plans.parts import tail_after

_WORDS = (
    "序号|编号|责任单位及责任人|责任单位负责人|责任人|负责人"
    "|存在问题|主要问题|整改目标和措施|整改目标|整改措施|整改任务|整改要求|整改时限|目标和措施|民生实事|实事项目|实事内容|项目名称|项目内容|建设内容|建设规模|工作举措|主要举措|推进措施|落实措施|年度目标|具体工作任务|重点工作任务|主要工作任务|工作任务|重点任务|主要任务|任务名称|任务内容|任务事项|工作内容|具体任务|重点工作|工作要求|具体要求|任务要求|工作措施|具体措施|具体内容|重点内容"
    "|主要内容|工作事项|工作重点|工作目标|任务分解|任务类型|任务类别|工作标准|牵头单位|牵头部门|牵头科室|责任单位|责任部门|责任科室|责任股室|责任主体|配合单位|配合部门|协办单位|协助单位|实施单位|落实单位|主办单位"
    "|承办单位|完成时限|完成时间|时限要求|时间要求|办理时限|工作时限|时间节点|完成期限|时间安排|目标任务条数|目标任务数量|目标任务数|目标任务|任务条数|任务数|条数|篇数|单位名称|单位|部门|备注"
    "|类别|项目|任务|内容|要求|措施|时限|事项|目标"
)


def _one_of(words: Sequence[str]) -> str:
    """One pattern for many words, grouped by their first character: a scan tries few branches at each place."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in groups.items())


_LED = [f"{role}[省市县区镇局副]?领导" for role in ("分管", "责任", "牵头", "包联", "挂钩", "联系", "主管", "包保")]
_HEADER_WORD = _one_of([*(f"{place}(?:政府)?(?:{'|'.join(_LED)})" for place in "市县区镇"), *_LED, *_WORDS.split("|")])
HEADER = re.compile(rf"(?:{_HEADER_WORD})\n?(?:(?:{_HEADER_WORD})\n?){{2,}}")
_PAIR = re.compile(rf"(?:{_HEADER_WORD})\n?(?:(?:{_HEADER_WORD})\n?)+")
_WORD = re.compile(_HEADER_WORD)
_NUMBER = re.compile(r"序号|编号")
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


def header_runs(flow: Flow) -> list[HeaderRun]:
    """All runs of two header words and more, in their order; the last words of a title right before them are none."""
    return [_run(flow, found.start(), found.end()) for found in _PAIR.finditer(flow.text)]


def _run(flow: Flow, start: int, end: int) -> HeaderRun:
    words = [*_WORD.finditer(flow.text, start, end)]
    if start and flow.text[start - 1] != "\n" and not flow.is_gap(start):  # 某区2023年重点任务 above 序号 工作任务 责任单位
        first = next((at for at, word in enumerate(words) if at and flow.text[word.start() - 1] == "\n"), None)
        number = next((at for at, word in enumerate(words) if _NUMBER.match(word.group())), None)
        begins = number if number is not None else first
        if begins is not None and len(words) - begins >= _FEWEST:
            words = words[begins:]
    return HeaderRun(words[0].start(), end, [word.group() for word in words])


def still_there(flow: Flow, heads: Sequence[HeaderRun]) -> Iterator[HeaderRun]:
    """Those of `heads` that no other reader has taken out of the flow since they were found."""
    return (head for head in heads if flow.text[head.start] != "\n")
