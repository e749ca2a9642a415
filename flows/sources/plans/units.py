"""Lists of units as plans print them: where one name ends and the next begins, which words are none, who leads.

`unit_list("区政府办、区司法局等相关部门")` gives 区政府办 and 区司法局. Text handed in is folded and squeezed (see fold.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from flows.sources.plans.model import Named
from flows.sources.plans.names import is_plain_unit, looks_like_unit
from flows.sources.plans.persons import without_person
from flows.sources.plans.sounds import SOUND, SOUND_BEFORE, SOUNDS

# words that end a list of units and name none
_TAIL = re.compile(
    r"(?:等(?:[^、,;()]{0,4}(?:各)?(?:相关|有关|职能|成员|责任|行业|主管|配合|政府|直属|市直|区直|县直|市级|区级|县级)*(?:行业)?(?:主管)?(?:部门|单位|科室|股室|处室|机构)?)?)?"
    r"(?:[,、]?(?:按照?|依照?|根据|结合)?(?:各自)?(?:的)?(?:工作)?(?:职责|职能|职责权限|分工|实际)(?:和)?(?:职责|任务)?(?:分工|范围)?)?"
    r"(?:[,、]?(?:共同|分别|具体|组织|抓好|做好|分工|协同|统筹|各自|密切)*(?:负责|落实|实施|推进|承担|组织实施|配合|参与|协助|配合落实|负责落实))?$"
)
_NOTE = re.compile(  # 各相关部门(排名第一的为牵头单位), 市财政局(下同)
    r"\((?:[^()]*(?:第一位|首位|第一责任|第一个|排名|排序|排第|排在|列第一|下同)[^()]*|按照?(?:各自)?职责[^()]*)\)$"
)
_NOTE_PIECE = re.compile(
    r"(?:以下|下)同$|[^、]*(?:首位|第一位|排名|排序|排在|列第一)[^、]*$|(?:以下|下列|具体任务|不再|均)[^、]*(?:不再|下同|均)[^、]*$|不再"
)
_ROLE_MARK = re.compile(r"\((牵头|主办|主责|配合|协办|责任)(?:单位|部门|科室)?\)$")  # 区政府办(牵头)
_TAIL_WORD = re.compile(r"[等按依根结共分具组抓做协统密负落实推承配参]")
_HEAD = re.compile(
    r"^(?:(?:此|该|本|上述|以上)[^、,;。()]{0,6}由|以及|并由|分别由|具体由|统一由|由|及|和(?![平田县龙硕顺静政林])|与|会同|商(?![务业贸会标丘洛城河水州南都])|为|是|报(?!社|业)|请)(?=[^负])"
)
_JOINER = re.compile(
    r"以及|会同|[和与及]|商(?=[市县区省州])|(?<=[处科室])会(?![计议展务])(?=[\u4e00-\u9fff]{1,8}(?:处|科|室|局|委|办|中心)(?:$|[(、,;]))"
)
# 甲局等和各有关省级政府, 乙部等有关部门和单位: a name, and then others that are not named
_AND_OTHERS = re.compile(r"等(?=[和及与各有相行主职多方成责]|部门|单位)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ONE_CHARACTER = frozenset("镇乡县区村")  # 各街道、镇
_PERSONS = re.compile(r"^(?:各)?(?:分管|主要|相关)?(?:领导|负责人|负责同志|责任人|联系人|同志)$")
_NO_UNIT = frozenset(
    [
        "等",
        "各",
        "及",
        "和",
        "其他",
        "相关",
        "无",
        "/",
        "-",
        "--",
        "同上",
        "同左",
        "待定",
        "另定",
        "负责",
        "落实",
        "配合",
        "牵头",
        "工作",
        "分工",
        *(role + body for role in ("牵头", "责任", "配合", "主办", "协办", "承办") for body in ("单位", "部门", "科室")),
    ]
)
_RUN_TOGETHER = re.compile(
    r"(?<=街道)(?=[\u4e00-\u9fff]{1,5}街道)|(?<=公司)(?=[\u4e00-\u9fff]{2,8}公司)|(?<=\))(?=各[\u4e00-\u9fff]{1,6}(?:$|[市区县]))|"  # 甲街道乙街道
    r"(?<=[局委办厅室院会])(?=[市区县州省旗盟镇乡各][^、,;()]{1,12}(?:局|委|办|厅|办公室|委员会|中心|单位|部门)(?:\(|$|[市区县州省旗盟镇乡各]))"
)


def read_units(text: str, start: int, end: int, role: str, gaps: Collection[int] = ()) -> list[Named]:
    """The units of text[start:end] with their roles; `role` holds where the words themselves do not say who leads.

    `gaps` are the places where white space was printed: it separates two names where both sides are whole (市发改委 市财政局).
    """
    inside = tuple(gap - start for gap in gaps if start < gap < end)
    return [Named(start + name.start, start + name.end, name.role, name.sure) for name in _names(text[start:end], role, inside)]


@lru_cache(maxsize=4096)
def _names(value: str, role: str, gaps: tuple[int, ...]) -> tuple[Named, ...]:
    """The same for one value, places counted from its beginning; documents print the same lists again and again."""
    return tuple(
        name
        for first, last, stretch_role in _stretches(value, role)
        for left, right in _split(value, first, last, gaps)
        for name in _trimmed(value, left, right, stretch_role)
    )


def _stretches(value: str, role: str) -> Iterator[tuple[int, int, str]]:
    """`甲牵头,乙、丙配合,丁负责法制审查`: one stretch for each role word, the word itself and its object left out."""
    pending = parted = 0
    for first, last in _pieces(value, 0, len(value), ",;、。"):
        parted = first if value[first - 1 : first] in _PARTS else parted
        word = _role_word(value[first:last])
        if word is not None:
            stretch_role, at, glued = word
            if last == len(value) and not (pending or parted) and value.endswith("负责"):
                stretch_role = role  # 牵头单位:甲、乙按职责分工负责
            if role == "lead" and stretch_role != role and parted > pending:  # 牵头单位:甲,乙、丙配合
                yield pending, parted - 1, role
                pending = parted
            yield pending, first + at, stretch_role
            pending = last - glued if glued else last + 1
    if pending < len(value):
        yield pending, len(value), role


_PARTS = frozenset(",;。")
_ROLE_AT_END = re.compile(
    r"(?:按照?(?:各自)?职责(?:分工)?|依职责|分工|共同|分别|具体|密切|积极|统一|认真|抓好|做好|组织|总)*(?P<word>牵头|主办|主责|配合|协办|协助|协同|参与|参加|承办|负责|落实|实施)"
    r"(?:负责|组织|落实|实施|抓好|做好|配合|推进|抓总|办理|完成|开展)*(?P<object>[^、,;]{0,14})$"
)


def _role_word(piece: str) -> tuple[str, int, int] | None:
    """The role that a stretch ends with, where its units end, and the length of a name that a lost comma has glued behind it.

    `区司法局负责法制审查` → responsible, 4, 0; `区甲局牵头区乙局` → lead, 3, 3.
    """
    at = _ROLE_AT_END.search(piece)
    if at is None or at.start() == 0:
        return None
    behind = at["object"]
    glued = bool(behind) and bool(_OF_PLACE.match(behind)) and is_plain_unit(behind) and looks_like_unit(piece[: at.start()])
    if behind and not glued and looks_like_unit(piece):  # a name that holds the word: 各重大决策牵头单位
        return None
    role = "lead" if at["word"] in {"牵头", "主办", "主责"} else "responsible"
    return role, at.start(), len(behind) if glued else 0


_OF_PLACE = re.compile(r"[省市县区州旗镇]|国家|中央")
_LEVEL = rf"[县縣市区區州旗乡鄉镇鎮]{SOUND}(?:\([县縣市区區州旗、]{{1,5}}\))?"
# 各县、区人民政府 is one expression
_SIGN = re.compile(
    r"(?:各|有关|相关|级|直)部门、(?:有关|相关)?单位(?![\u4e00-\u9fff])"  # 各部门、单位
    rf"|各{_LEVEL}(?:、{_LEVEL}){{1,3}}(?:人民)?政府"  # 各县(市)、区人民政府
    rf"|各{_LEVEL}(?:、{_LEVEL}){{1,2}}(?![\u4e00-\u9fff])"
    r"|各(?:有关|相关)?[县市区]、县级市(?:(?:人民)?政府|(?![\u4e00-\u9fff])|(?=负责|牵头|配合|落实|参与|按))"  # 各区、县级市
    r"|[(《“〔)》”〕、,;。/|\n ]"
)


def _pieces(text: str, start: int, end: int, stops: str) -> Iterator[tuple[int, int]]:
    """The stretches between `stops` that stand outside brackets, quotation marks and book titles."""
    depth = 0
    first = start
    for sign in _SIGN.finditer(text, start, end):
        char = sign.group()
        if char in "(《“〔":
            depth += 1
        elif char in ")》”〕":
            depth = max(0, depth - 1)
        elif depth == 0 and char in stops:
            yield first, sign.start()
            first = sign.end()
    if first < end:
        yield first, end


def _split(text: str, start: int, end: int, gaps: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Names between the marks that separate them; `和` separates only what is whole before it (区财政局和区税务局, not 自然资源和规划局)."""
    for first, stop in _pieces(text, start, end, "、,;。/|\n "):
        left = first
        printed = [first, *(gap for gap in gaps if first < gap < stop), stop]
        if len(printed) > 3 and all(looks_like_unit(text[a:b]) for a, b in pairwise(printed)):  # noqa: PLR2004 -- of two names one may go on the other
            yield from pairwise(printed)
            continue
        for gap in gaps:
            if (
                left < gap < stop
                and text[gap] in "市区县州省各镇乡国"  # else a wrap may have torn one name apart
                and looks_like_unit(text[left:gap])
                and looks_like_unit(text[gap:stop])
            ):
                yield from _split_joined(text, left, gap)
                left = gap
        yield from _split_joined(text, left, stop)


_SECOND_ORGAN = re.compile(r"(?:(?:人民)?政府|管委会|管理委员会|办事处|党委|党工委|工委)(?:$|[按分共负落等配])")
_KIND = re.compile(r"(?:单位|部门|机构|企业|院校|企事业单位|直属机构|社会组织)(?:$|[按分共负落等配])")


def _split_joined(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for joiner in _JOINER.finditer(text, start, end):
        before, after = text[start : joiner.start()], text[joiner.end() : end]
        if _KIND.match(after) or _SECOND_ORGAN.match(after):
            continue  # 市有关部门和单位, 各县党委和人民政府 are one expression
        if before.count("(") == before.count(")") and looks_like_unit(before) and len(after) > 1 and _begins_a_name(after):
            yield start, joiner.start()
            yield from _split_joined(text, joiner.end(), end)
            return
    yield start, end


def _begins_a_name(after: str) -> bool:
    return looks_like_unit(after) or looks_like_unit(_TAIL.sub("", after)) or bool(_JOINER.search(after))


def _trimmed(text: str, start: int, end: int, role: str) -> Iterator[Named]:
    """A name without the words around it; nothing where no name is left."""
    while True:
        head = _HEAD.match(text[start:end])
        if not head or looks_like_unit(text[start : start + head.end()]):
            break
        start += head.end()
    name = text[start:end].strip("-.:")
    name = _NOTE.sub("", name)
    if _NOTE_PIECE.match(name):
        return
    mark = _ROLE_MARK.search(name)
    if mark:
        name, role = name[: mark.start()], "lead" if mark[1] in {"牵头", "主办", "主责"} else "responsible"
    others = _AND_OTHERS.search(name)
    if others and looks_like_unit(name[: others.start()]):
        name = name[: others.start()]
    name = without_person(_without_tail(name), looks_like_unit)
    if not _is_name(name):
        return
    offset = text.index(name, start)
    breaks = [m.start() for m in _RUN_TOGETHER.finditer(name)]
    for first, last in pairwise([0, *breaks, len(name)]):
        yield Named(offset + first, offset + last, role, sure=not breaks)


def _without_tail(name: str) -> str:
    """A name without the words behind it that name none, some of which may bear their sounds: 某局按職責(zé)分工負責(zé)."""
    if not _TAIL_WORD.search(name):
        return name
    tail = _TAIL.search(SOUNDS.sub("", name) if "(" in name else name)
    if tail is None or "(" not in name:
        return name[: tail.start()] if tail else name
    rest, end = len(tail.group()), len(name)
    while rest:
        sound = SOUND_BEFORE.search(name, 0, end)
        end = sound.start() if sound else end - 1
        rest -= not sound
    return name[:end]


def _is_name(words: str) -> bool:
    """False for what is left of a list's last words, for persons and for a lone character that names no level of government."""
    if len(words) == 1:
        return words in _ONE_CHARACTER
    return bool(_CHINESE.search(words)) and words not in _NO_UNIT and not _PERSONS.match(words)


def split_by_known(name: str, known: Mapping[str, Collection[str]]) -> list[str] | None:
    """A run of names without separators, parted by names that stand elsewhere in the document (given by their first character)."""
    parts: list[str] = []
    rest = name
    while rest:
        part = max((unit for unit in known.get(rest[0], ()) if rest.startswith(unit) and unit != name), key=len, default=None)
        if part is None:
            return None
        parts.append(part)
        rest = rest[len(part) :]
    return parts
