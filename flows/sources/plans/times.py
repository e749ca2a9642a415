"""Words that are a time and nothing else, where a clause or a cell holds them: 年底前, 2024年6月底前完成, 长期坚持."""

from __future__ import annotations

import re
from functools import lru_cache

from flows.sources.plans.deadlines import read_deadline
from flows.sources.plans.names import looks_like_unit
from flows.sources.plans.words import words

_TIME_ONLY = re.compile(r"^[^,;、]{0,10}(?:年|月|日|底|季度|半年|长期坚持|持续推进|全年|常态化|长期|持续)[^,;]{0,12}$")
_WORK_IN_TIME = re.compile(r"前|底|末|完成|长期|持续|常态|全年|季度|内$|止")
_PART_END = re.compile(r"[,;。]")
_EARLIER_TIME = re.compile(r"(?:20\d\d年)?(?:\d{1,2}月(?:\d{1,2}日|[底末])?|第?[一二三四]季度[末底]?|[上下]半年)前?")
_BEGINS_TIME = re.compile(r"[\d年上下第今本全长持每一二三四]")
_MONTH = re.compile(
    r"(?:20\d\d年)?(?:\d{1,2}月?(?:-|至))?(?:20\d\d年)?\d{1,2}月(?:\d{1,2}日|份)?|20\d\d年|20\d\d[./-]\d{1,2}(?:[./-]\d{1,2})?|(?:20\d\d年)?(?:[上下]半年|第?[一二三四]季度)|按[^,;。、]{2,12}"
)
# what the product is by then: 9月投入使用, 5月底前动工
_MONTH_CELL = re.compile(
    rf"(?:{_MONTH.pattern})(?:[底末初内]|上旬|中旬|下旬)?(?:之|以)?前?(?:基本|全部|全面|正式)?"
    rf"(?:{'|'.join(word.pattern for word in words('milestone'))})*(?:建设|使用|并?投入使用)?"
)
_PART_OF_YEAR = re.compile(r"(?:20\d\d年)?(?:\d{1,2}月(?!\d{1,2}日$)|第?[一二三四]季度|[上下]半年)")


def is_time_cell(text: str) -> bool:
    """True for what a cell of times can hold, or the last part of a clause: there 2024年4月, 上半年, 按时序推进 are enough."""
    return is_time(text) or bool(_MONTH.match(text) and _MONTH_CELL.fullmatch(text))


_EVENT = re.compile(r"[^,;、。:为是的\d]{0,8}")  # 9月征询意见


def is_closing_time(text: str) -> bool:
    """True for a time in the bracket that closes an item: 6月, 三季度开工, 3月常务会议审议; a whole date may be that of something cited."""
    found = _PART_OF_YEAR.match(text)
    return found is not None and bool(is_time_cell(text) or _EVENT.fullmatch(text, found.end()))


@lru_cache(maxsize=4096)
def is_time(text: str) -> bool:
    """True for words that are a deadline and nothing else: 年底前, 2024年6月底前完成, 长期坚持."""
    return (
        bool(_TIME_ONLY.match(text) and _WORK_IN_TIME.search(text))
        and not looks_like_unit(text)
        and read_deadline(text, 2000).kind != "none"
    )


def without_deadline(text: str, start: int, end: int) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """`甲、乙,年底前完成`, `年底前,甲、乙`: the last or the first part of a list of units may be a deadline; the list and the deadline."""
    at = max(text.rfind(",", start, end), text.rfind(";", start, end), text.rfind("。", start, end))
    if at <= start:
        return (start, end), None
    if is_time_cell(text[at + 1 : end]):
        before = max(text.rfind(",", start, at), text.rfind(";", start, at))
        if before > start and _EARLIER_TIME.match(text, before + 1, at):  # 9月底前完成60%,12月底前全部完成
            at = before
        return (start, at), (at + 1, end)
    found = _PART_END.search(text, start, end)
    if found and _BEGINS_TIME.match(text, start) and is_time_cell(text[start : found.start()]):
        return (found.end(), end), (start, found.start())
    return (start, end), None
