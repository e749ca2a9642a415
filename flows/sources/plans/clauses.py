"""Clauses: who leads, who is responsible, by when; found anywhere in a task and cut into units and deadlines.

Three forms are read: with a label (`牵头单位:甲;责任单位:乙、丙;完成时限:年底前`, in brackets, on a line of its own or run on), in
brackets without a label (`(甲牵头,乙、丙配合)`, `(甲、乙、丙)`, `(6月底前)`) and as a sentence (`由甲牵头,乙配合。`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flows.sources.plans.deadlines import read_deadline
from flows.sources.plans.fold import Flow
from flows.sources.plans.labels import Label, read_labels
from flows.sources.plans.listends import VALUE_END, until_sentence, without_note
from flows.sources.plans.units import SUFFIXES, Named, is_plain_unit, looks_like_unit, read_units

_BRACKET = re.compile(
    r"\((?P<inner>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)|〔(?P<square>[^〔〕\n]{4,300})〕"
    r"|[(〔](?P<cut>[^()〔〕\n]{4,200}(?:\([^()〔〕\n]*\)[^()〔〕\n]*)*?)[、,;]?(?=\n|$)"  # the text ends before the bracket does
)
_ROLE_INSIDE = re.compile(r"牵头|负责|配合|落实|承办|协办|主办|协助|参与")
_ROLE_END = re.compile(  # each alternative begins with one fixed character: a scan skips all others at once
    "|".join(
        rf"{word}(?:负责|落实|实施|组织|推进|完成)?(?=[。;\n]|$)"
        for word in ("牵头", "负责", "配合", "落实", "承办", "参与", "协助", "实施")
    )
    + r"|完成(?=[。;\n])"
)
_ROLE_PART = re.compile(
    r"(?P<names>.+?)(?:按照?职责(?:分工)?)?(?P<role>牵头|负责|配合|落实|承办|参与|协助|实施)(?:负责|落实|实施|组织|推进)?[^,、]{0,12}$"
)
_BY = re.compile(r"(?:(?:此|该|本|以上|上述)[^、]{0,6})?由")
_BRACKET_MARK = re.compile(r"[()〔〕]")
_STOP = re.compile(r"[。\n]")
_BEGINS = frozenset("。;")
_SHALL = re.compile(r"[要应须将]|专人")
_LONGEST_NAMELESS = 24
_SENTENCE_END = frozenset("。;\n!?")
_NOT_A_LIST = re.compile(
    r"以下|简称|下同|如|详见|附件|见附|试行|暂行|含|包括|不含|除外|第[一二三四五六七八九十\d]+(?![一二三四五六七八九十\d师])|[“”《》:%]|\d{3}"
)
_TIME_ONLY = re.compile(r"^[^,;、]{0,10}(?:年|月|日|底|季度|半年|长期坚持|持续推进|全年|常态化|长期|持续)[^,;]{0,12}$")
_BEFORE_TIME = re.compile(r"[^\d年季上下长持全常每今本]+")
_WORK_IN_TIME = re.compile(r"前|底|末|完成|长期|持续|常态|全年|季度|内$|止")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause in the flow: `start`..`end` with its brackets and labels; what it says stands in `units` and `deadline`."""

    start: int
    end: int
    units: tuple[Named, ...]
    deadline: tuple[int, int] | None
    form: str  # labelled, bracket, sentence
    same_as_above: bool = False


def read_clauses(flow: Flow, start: int, end: int, stops: list[int]) -> list[Clause]:
    """All clauses of flow.text[start:end] in order. `stops` are the places where a numbered item begins: no clause reaches across one."""
    found = [*_labelled(flow, start, end, stops)]
    for others in (_bracketed(flow, start, end), _sentences(flow, start, end)):
        found = sorted([*found, *_apart(found, others)], key=lambda clause: clause.start)
    return found


def _apart(taken: list[Clause], others: Iterator[Clause]) -> Iterator[Clause]:
    """Those of `others` that meet none of `taken`, which are in order."""
    starts = [clause.start for clause in taken]
    for clause in others:
        at = bisect_left(starts, clause.end)
        if not at or taken[at - 1].end <= clause.start:
            yield clause


def _labelled(flow: Flow, start: int, end: int, stops: list[int]) -> Iterator[Clause]:
    labels = [*read_labels(flow, start, end)]
    bracket_end = -1
    for index, label in enumerate(labels):
        limit = labels[index + 1].start if index + 1 < len(labels) else end
        next_item = bisect_right(stops, label.start)
        item_end = stops[next_item] if next_item < len(stops) else end
        limit = min(limit, item_end)
        if label.bracket:
            bracket_end = _closing(flow.text, label.start, item_end)
        inside = label.start < bracket_end
        value_end = _value_end(flow.text, label.value, min(limit, bracket_end) if inside else limit, in_bracket=inside)
        clause_end = value_end + 1 if inside and value_end == bracket_end else value_end
        clause = _value(flow, label, value_end, clause_end)
        if clause is not None:
            yield clause


def _closing(text: str, start: int, end: int, longest: int = 600) -> int:
    """Where the bracket that opens at `start` closes; where it never does, the end of its line or sentence."""
    closing = ")" if text[start] == "(" else "〕"
    depth = 0
    for mark in _BRACKET_MARK.finditer(text, start, min(end, start + longest)):
        if mark.group() == text[start]:
            depth += 1
        elif mark.group() == closing:
            depth -= 1
            if depth == 0:
                return mark.start()
    stop = _STOP.search(text, start, end)
    return stop.start() if stop else end


def _value_end(text: str, start: int, limit: int, *, in_bracket: bool) -> int:
    """A value ends with its bracket, its sentence or its line; a line that ends in a separator goes on in the next."""
    if in_bracket:
        return limit
    depth = 0
    for mark in VALUE_END.finditer(text, start, limit):
        sign, at = mark.group(), mark.start()
        if len(sign) > 1 and depth <= 0:
            return at
        if sign in "(〔":
            depth += 1
        elif sign in ")〕":
            depth -= 1
            if depth < 0:
                return at
        elif sign == "\n" and (at == start or text[at - 1] in "、,:("):
            continue
        elif sign == "\n" or (sign == "。" and depth <= 0):
            return at
    return limit


def _value(flow: Flow, label: Label, value_end: int, clause_end: int) -> Clause | None:
    text = flow.text
    start, end = label.value, value_end
    while start < end and text[start] in "\n:,;、(":
        start += 1
    end = without_note(text, start, end)
    while end > start and text[end - 1] in "\n,;、。.(":
        end -= 1
    if label.role == "person" or start >= end:
        return None
    if label.role == "deadline":
        return Clause(label.start, clause_end, (), (start, end), "labelled")
    if re.match(r"同[上前]|同第", text[start:end]):
        return Clause(label.start, clause_end, (), None, "labelled", same_as_above=True)
    (first, last), deadline = _without_deadline(text, start, end)
    units = until_sentence(text, read_units(text, first, last, label.role, _gaps(flow, first, last)))
    if not deadline and end - start > _LONGEST_NAMELESS and not any(looks_like_unit(text[unit.start : unit.end]) for unit in units):
        return None  # a sentence, not a list of names
    return Clause(label.start, clause_end, units, deadline, "labelled") if units or deadline else None


def _without_deadline(text: str, start: int, end: int) -> tuple[tuple[int, int], tuple[int, int] | None]:
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


_PART_END = re.compile(r"[,;。]")
_EARLIER_TIME = re.compile(r"(?:20\d\d年)?(?:\d{1,2}月(?:\d{1,2}日|[底末])?|第?[一二三四]季度[末底]?|[上下]半年)前?")
_BEGINS_TIME = re.compile(r"[\d年上下第今本全长持每一二三四]")
_MONTH = re.compile(
    r"(?:20\d\d年)?(?:\d{1,2}月?(?:-|至))?(?:20\d\d年)?\d{1,2}月(?:\d{1,2}日|份)?|20\d\d年|20\d\d[./-]\d{1,2}(?:[./-]\d{1,2})?|(?:20\d\d年)?(?:[上下]半年|第?[一二三四]季度)|按[^,;。、]{2,12}"
)
# what the product is by then: 9月投入使用, 5月底前动工
_MONTH_CELL = re.compile(
    rf"(?:{_MONTH.pattern})(?:[底末初内]|上旬|中旬|下旬)?(?:之|以)?前?(?:基本|全部|全面|正式)?"
    r"(?:投入使用|投[用产]|开工|动工|完工|竣工|建成|完成|启动|交付|验收|上线|实施|启用|开[园馆业]|通车|到位|发放|办结|取得[^,;。、]{2,6})*(?:建设|使用|并?投入使用)?"
)


def is_time_cell(text: str) -> bool:
    """The same where only a time can stand: 2024年4月, 上半年, 按时序推进 are enough."""
    return is_time(text) or bool(_MONTH.match(text) and _MONTH_CELL.fullmatch(text))


@lru_cache(maxsize=4096)
def is_time(text: str) -> bool:
    """True for words that are a deadline and nothing else: 年底前, 2024年6月底前完成, 长期坚持."""
    return (
        bool(_TIME_ONLY.match(text) and _WORK_IN_TIME.search(text))
        and not looks_like_unit(text)
        and read_deadline(text, 2000).kind != "none"
    )


def _gaps(flow: Flow, start: int, end: int) -> list[int]:
    """Places in start..end where white space was printed."""
    return [
        position
        for position in flow.starts[bisect_right(flow.starts, start) : bisect_left(flow.starts, end)]
        if flow.text[position - 1] != "\n"
    ]


def _bracketed(flow: Flow, start: int, end: int) -> Iterator[Clause]:
    for found in _BRACKET.finditer(flow.text, start, end):
        group = found.lastgroup or ""
        if found.end(group) - found.start(group) < 2:  # noqa: PLR2004 -- (1)
            continue
        first, last = found.start(group), without_note(flow.text, *found.span(group))
        inner = flow.text[first:last]
        if (
            flow.text[found.end() : found.end() + 1] != ","
            and _may_be_time(inner)
            and is_time(inner)
            and "阶段" not in flow.text[max(0, first - 8) : first]
        ):
            yield Clause(found.start(), found.end(), (), (first, last), "bracket")
        else:
            listed, deadline = _without_deadline(flow.text, first, last)
            units = tuple(read_units(flow.text, *listed, "responsible", _gaps(flow, *listed))) if _could_name(inner) else ()
            if _is_unit_bracket(flow, listed, (found.start(), found.end() - 1), units):
                yield Clause(found.start(), found.end(), units, deadline, "bracket")


def _could_name(inner: str) -> bool:
    """A quick look before the careful one: some part of the bracket ends as names do."""
    return bool(_NAME_ENDS.search(inner)) and not _NOT_NAMES.search(inner)


def _may_be_time(inner: str) -> bool:
    return len(inner) <= 30 and ("前" in inner or "底" in inner or "持" in inner or "全年" in inner or "季度" in inner or "完成" in inner)  # noqa: PLR2004


def _is_unit_bracket(flow: Flow, listed: tuple[int, int], bracket: tuple[int, int], names: tuple[Named, ...]) -> bool:
    """A bracket names units where each part looks like one and the bracket ends a sentence; `牵头`, `负责` say so by themselves."""
    text, (opening, closing) = flow.text, bracket
    inner = _NESTED.sub("", text[slice(*listed)])
    before, after = text[opening - 1 : opening], text[closing + 1 : closing + 2]
    if not names or before == "》" or _NOT_A_LIST.search(inner):
        return False  # behind 》 stands the author of a cited document
    parts = [text[name.start : name.end] for name in names]
    plausible = [part for part in parts if looks_like_unit(part)]
    if _ROLE_INSIDE.search(inner):
        return bool(plausible)
    if any(part in _GENERIC for part in parts) or not (not after or after in _SENTENCE_END or before in _SENTENCE_END):
        return False
    if before not in _SENTENCE_END and (
        _ENDS_A_NAME.search(text, max(0, opening - 12), opening) or (len(parts) == 1 and not _STRONG.search(inner))
    ):
        return False  # (市大数据局) right behind 市政府办公室 is its other name
    return len(plausible) == len(parts) or (len(parts) >= 4 and len(plausible) >= 0.75 * len(parts))  # noqa: PLR2004


# one name in a bracket right behind other words is a clause only where it can be nothing else: (市级有关单位), (市大数据局)
_ENDS_A_NAME = re.compile(r"(?:政府|办公室|局|委|办|部门|单位|镇街|街镇|街道|乡镇|中心)$")
_STRONG = re.compile(r"(?:单位|部门|科室|股室|处室|局|委|办|办公室|政府|委员会|管委会|厅)$")
# what a bracket may also hold without being a clause: (社区), (市、区)
_GENERIC = frozenset(
    (
        *("街道", "社区", "园区", "乡镇", "镇街", "单位", "部门", "窗口", "平台", "科室", "企业", "学校", "医院", "县区", "区县"),
        *("县", "区", "市", "镇", "乡", "村", "公司", "中心", "站", "所", "点", "社会", "机构", "党组织", "村委会", "居委会"),
    )
)
_NESTED = re.compile(r"\([^()]*\)|〔[^〔〕]*〕")
_NAME_ENDS = re.compile(rf"(?:{SUFFIXES})(?=$|[、,;和与及等按牵负配落承协主参(])")
_NOT_NAMES = re.compile(r"以下|简称|下同|详见|附件|[“”《》:%\n]")


def _sentences(flow: Flow, start: int, end: int) -> Iterator[Clause]:
    """`由甲牵头,乙、丙配合。` at the end of a sentence: each of its last parts names units and what they are to do."""
    for found in _ROLE_END.finditer(flow.text, start, end):
        left = max(flow.text.rfind(sign, start, found.end()) for sign in "。:\n") + 1
        if found.end() - max(left, start) > 240:  # noqa: PLR2004 -- no list of units is that long
            continue
        first, deadline = _role_parts(flow.text, max(left, start), found.end())
        if first is None or flow.text.count("(", first, found.end()) != flow.text.count(")", first, found.end()):
            continue
        last = deadline[0] - 1 if deadline else found.end()
        units = tuple(read_units(flow.text, first, last, "responsible", _gaps(flow, first, last)))
        if units and all(looks_like_unit(flow.text[unit.start : unit.end]) for unit in units):
            yield Clause(first, found.end(), units, deadline, "sentence")


def _all_units(names: str) -> bool:
    flat = _BY.sub("", _NESTED.sub("", names))
    found = read_units(flat, 0, len(flat), "responsible")
    return bool(found) and all(is_plain_unit(flat[unit.start : unit.end]) for unit in found)


def _role_parts(text: str, start: int, end: int) -> tuple[int | None, tuple[int, int] | None]:
    """Where the role parts of a sentence begin, if they make a clause: the whole sentence, what follows `由`, or what follows a semicolon."""
    edge = end
    deadline: tuple[int, int] | None = None
    first: int | None = None
    while edge > start:
        left = max(text.rfind(",", start, edge), text.rfind(";", start, edge), start - 1) + 1
        part = text[left:edge]
        role = _ROLE_PART.match(part)
        if edge == end and is_time(part):
            deadline = (left, edge)
        elif _all_units(role["names"] if role else part) and (role or first is not None):
            first = left
            if _BY.match(part):
                break
        elif text[edge : edge + 1] == ";" and first is not None:
            break
        else:
            return None, None
        edge = left - 1
    whole = (
        first is not None and text[first - 1 : first] in _BEGINS and not _SHALL.search(text, first, end)
    )  # 某局会同某办负责,11月底前完成。
    return (first, deadline) if first is not None and (whole or "牵头" in text[first:end]) else (None, None)
