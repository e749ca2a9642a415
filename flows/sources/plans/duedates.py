"""Due dates named in a task's own sentences, where it has no deadline clause: `于9月30日前建成…`, `2026年底前,完成…`."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right

from flows.sources.plans.deadlines import Deadline, read_deadline

_WHEN = re.compile(
    r"(?:(?:20\d\d年底?|今年|本年度?|当年|明年)?(?:第?[一二三四1-4]季度(?:末|底)?|上半年|\d{1,2}月(?:\d{1,2}[日号]|份|上旬|中旬|下旬)?(?:底|末)?|年(?:底|末)|年内|底|末)"
    r"|20\d\d年(?:底|末)?)(?:之|以)?$"
)
# words that end a time, and what must follow them where no 前 does: the product is made by then
_ANCHOR = re.compile(r"[前月年季日号底末份内]")
_DONE_AFTER = re.compile(
    r"[,]?(?:在[^,。;]{1,16}?(?=公布|公开|发布|实现|完成))?(?:全面|基本|全部|要|应|须|力争|确保|正式)?(?:完成|建成|上线|办结|出台|编制完成|印发|建立|落实到位|竣工|通车|投用|投入使用|投入运营|投产|开工|启用|验收|实现|公布|开馆|开园|开业|开放|开通|交付|揭牌|挂牌)(?!.{0,4}的)"
)
# what was done by then is spoken of, not what is to be done: 2019年12月底前出台的文件
_PAST_WORK = re.compile(r".{0,4}(?:出台|印发|制定|发布|成立|建成|设立|公布|完成|形成|获取|制作|签订|立项|审批)的")
_BY = re.compile(
    r"(?:20\d\d年|今年|本年度?|当年)?(?:\d{1,2}月(?:\d{1,2}[日号]|份)?(?:底|末)?|第?[一二三四]季度?(?:末|底)?|年(?:底|末|内)|[上下]半年)$|20\d\d年(?:底|末|内)$"
)
_STANDING = re.compile(r"每[^,。;]{0,12}$|次[^,。;]{0,4}$|(?:截至|截止|截止到|至|自|从)$|(?:到)$")
_HORIZON = re.compile(r"(?:到|至)$")


def due_in_body(
    text: str, start: int, end: int, year: int | None, clauses: list[tuple[int, int]]
) -> tuple[Deadline, tuple[int, int]] | None:
    """The last date by which text[start:end] says that its product is due; horizons (到2027年) and standing rules (每年…前) are none."""
    found: tuple[Deadline, tuple[int, int]] | None = None
    for anchor in _ANCHOR.finditer(text, start, end):
        span = _span(text, start, anchor)
        if span is None or _PAST_WORK.match(text, span[1]) or _inside(clauses, span[0]) or _is_standing(text, *span):
            continue
        deadline = read_deadline(text[slice(*span)], year)
        if deadline.kind == "date" and not _is_of_another_time(text[slice(*span)], deadline, year):
            found = (deadline, span)
    return found


_WITHIN_YEAR = re.compile(r"[月底末季半内]")


def _is_of_another_time(words: str, deadline: Deadline, year: int | None) -> bool:
    """True for a year that is past, and for a bare one of another year (2018年前 in a plan of 2016): a horizon."""
    if deadline.on is None or year is None:
        return False
    if deadline.on.year < year:
        return "底" not in words
    return deadline.on.year > year and not _WITHIN_YEAR.search(words)


def _inside(clauses: list[tuple[int, int]], at: int) -> bool:
    """True where one of `clauses` (in order) holds the place: its date was read there."""
    index = bisect_right(clauses, (at, sys.maxsize)) - 1
    return index >= 0 and clauses[index][0] <= at < clauses[index][1]


def _span(text: str, start: int, anchor: re.Match[str]) -> tuple[int, int] | None:
    """The words of time that end at `anchor`, if they end in 前 or something is made by then."""
    end = anchor.end()
    if anchor.group() == "前":
        time = _WHEN.search(text[max(start, end - 21) : end - 1])
        length = 1
    elif _DONE_AFTER.match(text, end):
        time = _BY.search(text[max(start, end - 20) : end])
        length = 0
    else:
        return None
    return (end - length - len(time.group()), end) if time else None


def _is_standing(text: str, first: int, last: int) -> bool:
    before = text[max(0, first - 14) : first]
    if text[first] in "底末" and not before.endswith(("年", "月")):
        return True
    if text.startswith("印发", last) and not before.endswith(("于", "在")):
        return True  # 某县政府办公室2020年5月7日印发
    if _HORIZON.search(before):
        return not (text[last - 1] == "前" and "月" in text[first:last])
    return bool(_STANDING.search(before))
