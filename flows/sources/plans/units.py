"""Lists of units as plans print them: where one name ends and the next begins, which words are none, who leads.

`unit_list("区政府办、区司法局等相关部门")` gives 区政府办 and 区司法局. Text handed in is folded and squeezed (see fold.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from flows.sources.plans.persons import without_person

# The last characters of names of organs, public bodies and firms, longest first where one ends in another. Reference data, open for more.
SUFFIXES = (
    "人民政府|政府|管委会|党工委|委员会|办公室|办事处|事务所|事业单位|单位|部门|中心|公司|集团|企业|海关|边检站|银行|学院|大学|学校|医院|法院|检察院"
    "|支队|大队|总队|中队|分局|指挥部|指挥中心|联社|协会|学会|商会|总会|工会|妇联|团委|残联|工商联|文联|科协|侨联|社科联|联合会|机构|专班|报社|电视台|广播电台"
    "|领导小组|工作组|党组|街镇|镇街|街道|乡镇|镇乡|县区|区县|市县|县市|园区|开发区|新区|片区|高新区|经开区|示范区|管理区|保税区|度假区|风景区|工业区|社区|农场|林场"
    "|基地|平台|县|镇|乡|局|委|办|厅|署|院|馆|台|站|所|社|会|部|处|科|室|股|组|队|团|行|司|校|旗|盟|委办|岗|庭|政务服务大厅|窗口|党校|融媒体|苏木|嘎查|行署|地委|团场|师市|第[一二三四五六七八九十]{1,2}师|国资|总局|电业|供电|邮政|移动|电信|联通"
)
_BRACKET = r"(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|〔[^〔〕]*〕)"
_UNIT_END = re.compile(rf"(?:{SUFFIXES}){_BRACKET}?$")
_COLLECTIVE = re.compile(
    r"^(?:[^、,;。]{0,8}(?:各|有关|相关|全体|所属|直属|其他|其它|涉及)[^、,;。]{0,14}"
    r"(?:部门|单位|科室|股室|处室|街道|乡镇|镇街|街镇|镇|乡|县|区|市|园区|开发区|委办|委|办|局|政府|机关|机构|企业|学校|成员|办事处|党委|社区|村)"
    rf"{_BRACKET}?[^、,;。]{{0,8}}|各[县市区镇乡街地][^、,;。]{{0,8}}|各[县市区州旗乡镇](?:、[县市区州旗乡镇]){{1,3}}(?:(?:人民)?政府)?)$"
)
# words that end a list of units and name none
_TAIL = re.compile(
    r"(?:等(?:[^、,;()]{0,4}(?:各)?(?:相关|有关|职能|成员|责任|行业|主管|配合|政府|直属|市直|区直|县直|市级|区级|县级)*(?:行业)?(?:主管)?(?:部门|单位|科室|股室|处室|机构)?)?)?"
    r"(?:[,、]?(?:按照?|依照?|根据|结合)?(?:各自)?(?:的)?(?:工作)?(?:职责|职能|职责权限|分工)(?:和)?(?:职责|任务)?(?:分工|范围)?)?"
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
_JOINER = re.compile(r"以及|会同|[和与及]|商(?=[市县区省州])")
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
    r"(?<=[局委办厅室院会])(?=[市区县州省旗盟镇乡][^、,;()]{1,12}(?:局|委|办|厅|办公室|委员会|中心)(?:\(|$|[市区县州省旗盟镇乡]))"
)


@dataclass(frozen=True, slots=True)
class Named:
    """One unit as printed: its place in the flow and whether the text leads to it alone or through a rule that may err."""

    start: int
    end: int
    role: str
    sure: bool = True


@lru_cache(maxsize=8192)
def looks_like_unit(name: str) -> bool:
    """True for what ends as the name of an organ, public body or firm does, or names several at once (`各镇(街道)`)."""
    return 2 <= len(name) <= 40 and bool(_UNIT_END.search(name) or _COLLECTIVE.match(name))  # noqa: PLR2004 -- no unit's name is shorter or longer


_LONGEST_ENDING = 8  # characters of a name behind a word of doing: 住房和城乡建设|局, 信息公开|领导小组办公室
_ONLY_IN_TEXT = re.compile(
    r"机制|制度|目录|专栏|年度|情况|内容|活动|公布|做好|抓好|办好|健全|强化|深化|完成|梳理|解读|回应|能力|水平|力度|体系|要求|流程|服务(?!中心|局|办|所|站|科|股|部)|[的了在将“”《》:。;]"
)
_ADMINISTRATIVE = re.compile(r"[市区县州省旗各镇乡](?!$)")
# words of what is to be done: a stretch that holds one is no name
_DOING = re.compile(
    r"开展|建设|完善|推进|加强|公开|公布|做好|抓好|办好|提升|规范|优化|制定|编制|更新|活动|健全|建立|强化|深化|推动|完成|组织(?!部)|发布|报送|清理|梳理|解读|回应|管理(?!局|委|办|中心|处|站|所|科|区|部)|工作(?!组|委|部|办|中心|局|专班|领导小组)"
    r"|信息(?!中心|化|局|办|股|科)|机制|制度|目录|专栏|年度|情况|内容|政策(?!法规|研究)|培训(?!中心)|检查|监督(?!管理局|局|办|所|科|股|支队|大队)|[的了在将要应]"
)


@lru_cache(maxsize=8192)
def is_plain_unit(name: str) -> bool:
    """True where a stretch of running text is one name and nothing else: it looks like a unit and says nothing of what is to be done.

    A word of doing may stand inside a name (市住房和城乡建设局), not before one (公开市财政局).
    """
    if len(name) > 20 or not looks_like_unit(name):  # noqa: PLR2004 -- longer ones are hardly one name
        return False
    if _ONLY_IN_TEXT.search(name):
        return False
    return not any(
        doing.start() == 0 or len(name) - doing.end() > _LONGEST_ENDING or _ADMINISTRATIVE.search(name, doing.end())
        for doing in _DOING.finditer(name)
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
            stretch_role, at = word
            if role == "lead" and stretch_role != role and parted > pending:  # 牵头单位:甲,乙、丙配合
                yield pending, parted - 1, role
                pending = parted
            yield pending, first + at, stretch_role
            pending = last + 1
    if pending < len(value):
        yield pending, len(value), role


_PARTS = frozenset(",;。")
_ROLE_AT_END = re.compile(
    r"(?:按照?(?:各自)?职责(?:分工)?|依职责|分工|共同|分别|具体|密切|积极|统一|认真|抓好|做好|组织|总)*(?P<word>牵头|主办|主责|配合|协办|协助|协同|参与|参加|承办|负责|落实|实施)"
    r"(?:负责|组织|落实|实施|抓好|做好|配合|推进|抓总|办理|完成|开展)*(?P<object>[^、,;]{0,14})$"
)


def _role_word(piece: str) -> tuple[str, int] | None:
    """The role that a stretch ends with and where its units end: `区司法局负责法制审查` → responsible, 4."""
    at = _ROLE_AT_END.search(piece)
    if at is None or at.start() == 0:
        return None
    if at["object"] and looks_like_unit(piece):  # a name that holds the word: 各重大决策牵头单位
        return None
    role = "lead" if at["word"] in {"牵头", "主办", "主责"} else "responsible"
    return role, at.start()


# 各县、区人民政府 is one expression
_SIGN = re.compile(
    r"(?:各|有关|相关|级|直)部门、(?:有关|相关)?单位(?![\u4e00-\u9fff])"  # 各部门、单位
    r"|各[县市区州旗乡镇](?:、[县市区州旗乡镇]){1,3}(?:人民)?政府|各[县市区](?:、[县市区]){1,2}(?![\u4e00-\u9fff])|[(《“〔)》”〕、,;。/|\n ]"
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


_KIND = re.compile(r"(?:单位|部门|机构|企业|院校|企事业单位|直属机构|社会组织)(?:$|[按分共负落等配])")


def _split_joined(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for joiner in _JOINER.finditer(text, start, end):
        before, after = text[start : joiner.start()], text[joiner.end() : end]
        if _KIND.match(after):
            continue  # 市有关部门和单位 is one expression
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
    tail = _TAIL.search(name) if _TAIL_WORD.search(name) else None
    name = without_person(name[: tail.start()] if tail else name, looks_like_unit)
    if not _is_name(name):
        return
    offset = text.index(name, start)
    breaks = [m.start() for m in _RUN_TOGETHER.finditer(name)]
    for first, last in pairwise([0, *breaks, len(name)]):
        yield Named(offset + first, offset + last, role, sure=not breaks)


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
