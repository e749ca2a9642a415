"""Where a list of units ends though no stop says so: at a note on the list, at an attachment, at the sentence that runs on behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flows.sources.plans.model import Named
from flows.sources.plans.names import looks_like_unit

_NOTE = re.compile(  # ,排在首位的为牵头单位,下同  。以下各项均由各县落实,不再列出
    r"[,;。](?:(?:其中)?[^,;。]{0,24}(?:首位|第一位|第一个|排名|列第一|排序)[^,;。]{0,20}(?=[,;。)〕]|$)|以?下同|(?:以下|下列|具体)[^。]{0,80}?(?:不再|下同|均)|不再)"
    # 按职责分工, whatever they are to do
    r"|按照?(?:各自)?职责(?:分工)?(?!分工|负责|落实|实施|配合|牵头|推进|承办|组织|参与|分别|共同|抓好|做好)[\u4e00-\u9fff]{2,4}(?=[。;)〕]|$)"
)
VALUE_END = re.compile(r"附件(?=[:\d一])|附表|附:|抄[送报]:|来源:|主办:|联系人|\((?:此件|信息公开|公开方式|联系|咨询)|[。\n()〔〕]")
_SENTENCE = re.compile(  # 各单位要高度重视  为确保  组长:
    r"(?:各(?:级|部门|单位|地|有关|相关|成员|责任|牵头|镇|乡|县|区|市|街)[^、,;]{0,14}?|请各[^、,;]{0,12}?|以上[^、,;]{0,12}?|上述[^、,;]{0,12}?)?(?P<shall>(?<![重主需次紧])要(?![素点闻案求])|应当|必须|须于|务必)"
    r"|坚持|确保|推动|加强|进一步|不断|切实|高度重视|为(?:确保|了|进一步)|(?:第一)?(?:副?组长|成员):|通知如下|按照.{0,12}要求|自本|本(?:方案|通知|意见|计划)"
)


def without_note(text: str, start: int, end: int) -> int:
    """Where a list ends before the note that says how to read it; `end` where there is none."""
    for note in _NOTE.finditer(text, start, end):
        opened, closed = text.rfind("(", start, note.start()), text.find(")", note.end(), end)
        if opened <= text.rfind(")", start, note.start()):
            return note.start()
        if closed < 0 or text[closed + 1 : closed + 2] not in {"、", ","}:  # else the list goes on: 市甲局(首位的牵头,下同)、市乙局
            return opened
    return end


def until_sentence(text: str, units: Iterable[Named]) -> tuple[Named, ...]:
    """The units before a sentence that follows a list without a stop (`…、服务中心各单位要高度重视…,坚持…`), its words left out."""
    kept: list[Named] = []
    for unit in units:
        name = text[unit.start : unit.end]
        said = _SENTENCE.search(name)
        if said is None or (looks_like_unit(name) and not said["shall"]):
            kept.append(unit)
            continue
        if looks_like_unit(name[: said.start()]):
            kept.append(unit._replace(end=unit.start + said.start()))
        break
    return tuple(kept)
