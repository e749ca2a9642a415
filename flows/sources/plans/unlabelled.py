"""Clauses without a label: in brackets (`(甲牵头,乙、丙配合)`, `(甲、乙、丙)`, `(6月底前)`) and as a sentence (`由甲牵头,乙配合。`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.listends import without_note
from flows.sources.plans.model import Clause, Named
from flows.sources.plans.names import SUFFIXES, is_department, is_plain_unit, looks_like_unit
from flows.sources.plans.times import is_closing_time, is_time, without_deadline
from flows.sources.plans.units import read_units

_BRACKET = re.compile(
    r"\((?P<inner>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)|〔(?P<square>[^〔〕\n]{4,300})〕"
    r"|[(〔](?![一二三四五六七八九十\d])(?P<cut>[^()〔〕\n]{4,200}(?:\([^()〔〕\n]*\)[^()〔〕\n]*)*?)[、,;]?(?=\n|$)"  # the text ends before the bracket does
)
_ROLE_INSIDE = re.compile(r"牵头|负责|配合|落实|承办|协办|主办|协助|参与")
_ROLE_END = re.compile(  # each alternative begins with one fixed character: a scan skips all others at once
    "|".join(
        rf"{word}(?:负责|落实|实施|组织|推进|完成)?(?=[。;\n]|$)"
        for word in ("牵头", "负责", "配合", "落实", "承办", "协办", "参与", "协助", "实施")
    )
    + r"|研究提出[^,。;\n]{2,8}(?=[。;\n])|完成(?=[。;\n])"
)
_ROLE_PART = re.compile(
    r"(?P<names>.+?)(?:按照?职责(?:分工)?)?(?P<role>牵头|负责|配合|落实|承办|协办|主办|参与|协助|实施|研究提出)(?:负责|落实|实施|组织|推进)?[^,、]{0,12}$"
)
_BY = re.compile(r"(?:(?:此|该|本|以上|上述)[^、]{0,6})?由")
_TOLD_BY = re.compile(  # …整治,由甲负责,乙配合。 …的问题,由甲会同乙等部门负责落实。
    r"由[^,;。]{2,60}?(?:负责|落实|[承主]办),[^;。]{2,160}(?:配合|协助|协办|参与|负责|落实)|由[^,;。]{2,20}会同[^,;。]{2,160}(?:负责|落实|承办|研究提出)"
)
_BEGINS = frozenset("。;\n")
_DEPARTMENT = re.compile(r"[\u4e00-\u9fff]{2,8}部门")
_SHALL = re.compile(r"[要应须将]|专人")
_SENTENCE_END = frozenset("。;\n!?")
_ITEM_END = frozenset(["", "。", ";", "\n"])
_NOT_A_LIST = re.compile(
    r"以下|简称|下同|如|详见|附件|见附|设在|试行|暂行|含|包括|不含|除外|第[一二三四五六七八九十\d]+(?![一二三四五六七八九十\d师])|[“”《》:%]|\d{3}"
)


def bracketed_clauses(flow: NormalizedText, start: int, end: int, stops: Sequence[int] = ()) -> Iterator[Clause]:
    """The brackets of flow.text[start:end] that name units or a time and nothing else, in order; `stops` are where numbered items begin."""
    begins = frozenset(stops)
    for found in _BRACKET.finditer(flow.text, start, end):
        group = found.lastgroup or ""
        if found.end(group) - found.start(group) < 2:  # noqa: PLR2004 -- (1)
            continue
        first, last = found.start(group), without_note(flow.text, *found.span(group))
        inner = flow.text[first:last]
        behind = flow.text[found.end() : found.end() + 1]
        if (
            behind != ","
            and ((_may_be_time(inner) and is_time(inner)) or ((behind in _ITEM_END or found.end() in begins) and is_closing_time(inner)))
            and "阶段" not in flow.text[max(0, first - 8) : first]
        ):
            yield Clause(found.start(), found.end(), (), (first, last), "bracket")
        else:
            listed, deadline = without_deadline(flow.text, first, last)
            units = tuple(read_units(flow.text, *listed, "responsible", flow.gaps(*listed))) if _could_name(inner) else ()
            if _is_unit_bracket(flow, listed, (found.start(), found.end() - 1), units):
                yield Clause(found.start(), found.end(), units, deadline, "bracket")


def _could_name(inner: str) -> bool:
    """A quick look before the careful one: some part of the bracket ends as names do."""
    return bool(_NAME_ENDS.search(inner)) and not _NOT_NAMES.search(inner)


def _may_be_time(inner: str) -> bool:
    return len(inner) <= 30 and ("前" in inner or "底" in inner or "持" in inner or "全年" in inner or "季度" in inner or "完成" in inner)  # noqa: PLR2004


def _is_unit_bracket(flow: NormalizedText, listed: tuple[int, int], bracket: tuple[int, int], names: tuple[Named, ...]) -> bool:
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
_NAME_ENDS = re.compile(rf"(?:{SUFFIXES})(?=$|[、,;和与及等按牵负配落承协主参分共具均(])")
_NOT_NAMES = re.compile(r"以下|简称|下同|详见|附件|[“”《》:%\n]")


def sentence_clauses(flow: NormalizedText, start: int, end: int) -> Iterator[Clause]:
    """`由甲牵头,乙、丙配合。` at the end of a sentence: each of its last parts names units and what they are to do."""
    for found in _ROLE_END.finditer(flow.text, start, end):
        left = max(flow.text.rfind(sign, start, found.end()) for sign in "。:\n") + 1
        if found.end() - max(left, start) > 240:  # noqa: PLR2004 -- no list of units is that long
            continue
        number = _NUMBER.match(flow.text, left, found.end())
        if number and _OPENS.match(flow.text, number.end(), found.end()):
            continue  # 1.由甲负责检查工地,6月底前完成。 says what is to be done
        first, deadline = _role_parts(flow.text, max(left, start), found.end())
        if first is None or flow.text.count("(", first, found.end()) != flow.text.count(")", first, found.end()):
            continue
        last = deadline[0] - 1 if deadline else found.end()
        units = tuple(read_units(flow.text, first, last, "responsible", flow.gaps(first, last)))
        names = [flow.text[unit.start : unit.end] for unit in units]
        if units and all(looks_like_unit(name) or is_department(name) for name in names):
            yield Clause(first, found.end(), units, deadline, "sentence")


def opening_clause(flow: NormalizedText, start: int, end: int) -> Clause | None:
    """Who does what an item goes on to say: `由甲负责清理…。`, `由甲牵头,乙配合,建成…。` where it begins or a sentence of it does; it takes no place."""
    for found in _OPENS.finditer(flow.text, start, end):
        names = (found.start("names"), found.end())
        units = tuple(read_units(flow.text, *names, "responsible", flow.gaps(*names)))
        if (
            (found.start() == start or flow.text[found.start() - 1] in _OPENING)
            and units
            and all(_is_name(flow.text[unit.start : unit.end]) for unit in units)
        ):
            return Clause(end, end, units, None, "opening")
    return None


_OPENING = frozenset("。;:,\n")
_OPENS = re.compile(
    r"由(?:[^,;。:\n、由]{0,12}单位(?=[省市县区镇乡]))?(?P<names>[^,;。:\n由]{2,120}?(?:牵头|负责|[承主]办))(?!日常|[人解、;。\n]|,[^,;。\n]{2,160}(?:配合|协助|协办|参与)[。;\n])(?:,[^,;。\n]{2,160}?(?:配合|协助|协办|参与)(?=,))?"
)
_NUMBER = re.compile(r"\n?(?:\d{1,3}[.、]|\([一二三四五六七八九十\d]{1,3}\)|[一二三四五六七八九十]{1,3}、)")


def _all_units(names: str) -> bool:
    flat = _NESTED.sub("", names)
    by = _BY.match(flat)
    flat = flat[by.end() :] if by else flat
    found = read_units(flat, 0, len(flat), "responsible")
    return bool(found) and all(_is_name(flat[unit.start : unit.end]) for unit in found)


def _is_name(words: str) -> bool:
    """A unit's name, or a department's whose last word the last of a list bears for all: 公安、建设部门."""
    return is_plain_unit(words) or is_department(words) or bool(_DEPARTMENT.fullmatch(words))


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
        elif role and (by := role["names"].rfind("由")) > 0 and _all_units(role["names"][by:]):
            first = left + by  # 专项整治由甲负责,乙配合。
            break
        elif text[edge : edge + 1] == ";" and first is not None:
            break
        else:
            return None, None
        edge = left - 1
    whole = (
        first is not None and text[first - 1 : first] in _BEGINS and not _SHALL.search(text, first, end)
    )  # 某局会同某办负责,11月底前完成。
    told = first is not None and bool(_TOLD_BY.match(text, first, end))
    return (first, deadline) if first is not None and (whole or told or "牵头" in text[first:end]) else (None, None)
