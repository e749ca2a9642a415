"""The names of units that a document shows to be names, and how its names begin: for text that parts them by nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from flows.sources.plans.names import SUFFIXES, is_plain_unit
from flows.sources.plans.persons import BEFORE_BORDER
from flows.sources.plans.words import one_of, words

# what the first name of a list begins with; the name of the place (台山市…, 台山海关) is added for each document
_PREFIX = (
    r"各|市|区(?!域)|县|州|省|旗|镇|乡|街道|局|机关|国家统计局|国家税务总局|国家|人行|人民银行|中国|国网|高新区|高新园|经开区|开发区|新区|有关|相关|"
    r"全(?=体|[市县区州省旗镇乡]?[各直])|本"
)
LONG_PREFIXES = (
    "国家统计局",
    "国家税务总局",
    "国家税务局",
    "高新区",
    "经开区",
    "开发区",
    "新区",
    "国家",
    "人行",
    "中国",
    "国网",
    "人民银行",
)
_DEPARTMENT = one_of(word.pattern for word in words("department"))
_PLACE = re.compile(
    r"(?:^|\n|[印转发布])([\u4e00-\u9fff]{2,4}?)[市县区州旗](?=人民政府|政府|委|20\d\d|政务|全面|关于|[\u4e00-\u9fff]{2,12}局)"
)
_DELIMITED = re.compile(rf"(?<=[、,;:])([\u4e00-\u9fff]{{1,14}}?(?:{SUFFIXES}))(?=[、,;。)\d\n])")
_TWO_NAMES = re.compile(
    rf"(?:{SUFFIXES})(?=(?:市(?!场)|区(?!域)|县|州|省|各|高新区|经开区)[\u4e00-\u9fff]{{1,12}}(?:{SUFFIXES}))(?<![市区县州省旗]委)"
)


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: it is a key of caches
class Lexicon:
    """How names begin in this document and which are known because separators stand on both their sides; `ahead` finds the beginnings."""

    known: frozenset[str]
    begins: re.Pattern[str]
    ahead: re.Pattern[str]
    starts: re.Pattern[str]
    long_prefixes: tuple[str, ...]


_REACH = 20_000  # characters: a table's names stand in it, the place is named in the head


def read_lexicon(text: str, start: int, end: int) -> Lexicon:
    known = frozenset(name for name in _DELIMITED.findall(text, start, min(end, start + _REACH)) if is_plain_unit(name))
    known |= _repeated(text, start, min(end, start + _REACH))
    places = {place for place in _PLACE.findall(text, 0, min(start, _REACH)) if not re.search(_PREFIX, place)}
    begins = "|".join([*(place + "[市县区州旗]?" for place in places), _PREFIX])
    stop = (
        r"[、,;(]|\d|长期|持续|全年|常态|常年|第?[一二三四]季度|[上下]半年|年[底内]|每|$|[市区县州省各国高经]|"
        f"{_DEPARTMENT}|{BEFORE_BORDER}"
    )
    starts = re.compile(rf"(?=(?:{begins})[\u4e00-\u9fff]{{0,12}}?(?:{SUFFIXES})(?:\([^()]*\))?(?:{stop}))")
    return Lexicon(
        known,
        re.compile(begins),
        re.compile(f"(?={begins})"),
        starts,
        (*LONG_PREFIXES, *(place + mark for place in places for mark in "市县区州旗")),
    )


def _repeated(text: str, start: int, end: int) -> frozenset[str]:
    """Names that stand behind a sign again and again, each time before other words: `、某实验区通过…`, `、某实验区加强…`."""
    followers: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for found in _BEHIND_SIGN.finditer(text, start, end):
        window = text[found.end() : found.end() + _LONGEST_REPEATED + 1]
        for suffix in _SUFFIX.finditer(window):
            name = window[: suffix.end()]
            if 2 < len(name) < len(window):  # noqa: PLR2004
                counts[name] += 1
                followers.setdefault(name, set()).add(window[suffix.end()])
    return frozenset(name for name, count in counts.items() if count > _FEW and len(followers[name]) > _FEW and is_plain_unit(name))


_BEHIND_SIGN = re.compile(r"[、,;](?=[\u4e00-\u9fff])")
_SUFFIX = re.compile(SUFFIXES)
_LONGEST_REPEATED, _FEW = 14, 2

# names of departments as they stand where a document leaves out the place before all of them
BARE = re.compile(
    rf"(?<![市区县州省旗镇乡各国和与及])(?:{_DEPARTMENT})"
    r"(?:局|委|办(?:公室|(?![理法好事学结件公]))|厅|[股所站](?![份权东有在属]))"
)

# a list of departments by nothing but their fields: 县发改、财政、教育
FIELDS = re.compile(rf"(?:[市区县州旗]?(?:{_DEPARTMENT})、)*[市区县州旗]?(?:{_DEPARTMENT})(?=\d|$|[市区县州旗、])")

# a development zone, whose name no place stands before: 临港开发区, 高新区
_ZONE_END = r"(?:经济|技术|产业|高新|工业|综合)*(?:开发区|新区|片区|园区|保税区|示范区|度假区|合作区|产业园)|(?:高新|经开|综保)区"
ZONE_END = re.compile(_ZONE_END)
_MEASURES = "亿万千百十元亩个项家吨里米人户辆座期"
ZONE = re.compile(rf"(?:(?![{_MEASURES}])[\u4e00-\u9fff](?![{_MEASURES}])[\u4e00-\u9fff])?(?:{_ZONE_END})")
_ZONE_IN_TEXT = re.compile(rf"[市区县州省].*(?:建设|开发|推进|启动|完成).*[\u4e00-\u9fff]{{2}}(?:{_ZONE_END})$")  # …核心|区建设滨江片区
_FIELD = 0.7  # 县发改, 财政
_BARE_ZONE = 0.5  # 高新区, where 高新区某局 may begin
_ZONED = 0.85  # less than a name that a place leads to


_UNLED = 0.3  # a name that nothing leads to
_HALF = re.compile(r"局(?![属直机各])|委(?!属|机关|各)")  # the end of the name before


@lru_cache(maxsize=16384)
def name_worth(name: str, lexicon: Lexicon) -> float:
    """How sure a stretch is one name: known from elsewhere, begun as names begin, or at least ending as they end."""
    if name in lexicon.known or BARE.fullmatch(name):
        return 1.2 if name in lexicon.known else 1.0
    if FIELDS.fullmatch(name):
        return _FIELD
    if name in LONG_PREFIXES and ZONE.fullmatch(name):
        return _BARE_ZONE
    if _HALF.match(name) or name in LONG_PREFIXES or not is_plain_unit(name) or _TWO_NAMES.search(name):
        return -0.6
    if lexicon.begins.match(name) and not _ZONE_IN_TEXT.match(name):
        return 1.0 - 0.02 * max(0, len(name) - 9)
    return _ZONED if ZONE.fullmatch(name) else _UNLED - 0.02 * len(name)


_NAME_END = re.compile(r"(?:[局委办厅室院会府部处科司署]|中心|[支大总]队|单位|部门|公司|集团|街道|[乡镇区县]|学校|海关)(?:\([^()]*\))?$")
_GOES_ON = re.compile(  # 区委 goes on as 区委办, 各乡 as 各乡镇人民政府, 各设区 as 各设区市
    r"(?:^|[、,;局室会府])(?:中共)?[市区县州省旗](?:委|政府)?$|各[\u4e00-\u9fff]{1,2}$"
)
_OF_A_LEVEL = re.compile(r"[市区县州省旗](?:委|政府|直|属)$")  # 省政府 goes on as 省政府各部门
_SIGNS = frozenset("、,;。和与及")
_NO_NAME_BEGINS = _SIGNS | {"(", "〔"}
_GOVERNMENT = re.compile(r"[县市区乡镇]人民政府")
_OFFICES = frozenset({"办公", "办事", "驻", "机关", "信息", "网站", "门户"})


def glued_places(names: str, lexicon: Lexicon, gaps: Collection[int] = ()) -> Iterator[int]:
    """Where in a list of names one ends and the next begins with no sign between: 区甲局|区乙局; `gaps` are printed blanks."""
    last = 0
    begins = {
        *(found.start() for found in lexicon.ahead.finditer(names, 1)),
        *(found.end() for found in _GOVERNMENT.finditer(names)),
        *gaps,
    }
    for at in sorted(begins):
        if not 0 < at < len(names) or names[at - 1] in _SIGNS or names[at] in _NO_NAME_BEGINS:
            continue
        if names[at : at + 2] in _OFFICES and names[:at].endswith(("政府", "委", "委员会")):
            continue  # 人民政府|办公室
        if names[at] in "局委" and lexicon.begins.match(names, at, at + 1):
            continue  # 人社|局
        before = names[max(0, at - 14) : at]
        if not _NAME_END.search(before) or _GOES_ON.search(before) or (names[at] == "各" and _OF_A_LEVEL.search(before)):
            continue
        last = max(last, max(names.rfind(sign, 0, at) for sign in _SIGNS) + 1)
        if at - last >= _SHORTEST_NAME and not _is_bracketed(names, at):
            last = at
            yield at


def _is_bracketed(names: str, at: int) -> bool:
    """True inside brackets that were opened before `at`."""
    return names.count("(", 0, at) + names.count("〔", 0, at) != names.count(")", 0, at) + names.count("〕", 0, at)


_SHORTEST_NAME = 3  # 区委|办 is one name


_SURE = 0.9
_MIXED = 0.2  # names that nothing parts in a list in which signs part others: rather the border of a column


@lru_cache(maxsize=16384)
def list_worth(names: str, lexicon: Lexicon, *, of_one_column: bool = True) -> float:
    """How sure a stretch is a list of names, parted by signs or by nothing; the more names the better, but not parted by both."""
    parts = [part for part in re.split(r"[、,;]", names) if part]
    found = [name_worth(one, lexicon) for part in parts for one in _cut(part, lexicon)]
    if not found:
        return -0.6
    glued = parts if of_one_column else parts[-1:]  # the last of many may go on in the words of the next column
    mixed = _MIXED * sum(len(_cut(part, lexicon)) - 1 for part in glued) if len(parts) > 1 else 0.0
    return 0.1 * len(found) + sum(found) / len(found) - 0.5 * sum(one < 0 for one in found) - mixed


@lru_cache(maxsize=16384)
def _cut(names: str, lexicon: Lexicon) -> tuple[str, ...]:
    """One part of a list as the names that stand in it."""
    if name_worth(names, lexicon) >= _SURE:
        return (names,)
    edges = [0, *glued_places(names, lexicon), len(names)]
    return tuple(names[left:right] for left, right in pairwise(edges))
