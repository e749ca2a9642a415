"""The names of units that a document shows to be names, and how its names begin: for text that parts them by nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.sources.plans.names import SUFFIXES, is_plain_unit

# what the first name of a list begins with; the name of the place (台山市…, 台山海关) is added for each document
_PREFIX = r"各|市|区|县|州|省|旗|镇|乡|街道|局|机关|国家统计局|国家税务总局|国家|人行|人民银行|中国|国网|高新区|经开区|开发区|新区|有关|相关|全|本"
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
_PLACE = re.compile(
    r"(?:^|\n|[印转发布])([\u4e00-\u9fff]{2,4}?)[市县区州旗](?=人民政府|政府|委|20\d\d|政务|全面|关于|[\u4e00-\u9fff]{2,12}局)"
)
_DELIMITED = re.compile(rf"(?<=[、,;:])([\u4e00-\u9fff]{{1,14}}?(?:{SUFFIXES}))(?=[、,;。)\d\n])")
_TWO_NAMES = re.compile(rf"(?:{SUFFIXES})(?=(?:市|区|县|州|省|各|高新区|经开区)[\u4e00-\u9fff]{{1,12}}(?:{SUFFIXES}))(?<![市区县州省旗]委)")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How names begin in this document and which are known because separators stand on both their sides."""

    known: frozenset[str]
    begins: re.Pattern[str]
    starts: re.Pattern[str]
    long_prefixes: tuple[str, ...]


_REACH = 20_000  # characters: a table's names stand in it, the place is named in the head


def read_lexicon(text: str, start: int, end: int) -> Lexicon:
    known = frozenset(name for name in _DELIMITED.findall(text, start, min(end, start + _REACH)) if is_plain_unit(name))
    places = {place for place in _PLACE.findall(text, 0, min(start, _REACH)) if not re.search(_PREFIX, place)}
    begins = "|".join([*(place + "[市县区州旗]?" for place in places), _PREFIX])
    stop = r"[、,;(]|\d|长期|持续|全年|常态|常年|第?[一二三四]季度|[上下]半年|年[底内]|每|$|[市区县州省各国高经]"
    starts = re.compile(rf"(?=(?:{begins})[\u4e00-\u9fff]{{0,12}}?(?:{SUFFIXES})(?:\([^()]*\))?(?:{stop}))")
    return Lexicon(known, re.compile(begins), starts, (*LONG_PREFIXES, *(place + mark for place in places for mark in "市县区州旗")))


# names of departments as they stand where a document leaves out the place before all of them
BARE = re.compile(
    r"(?<![市区县州省旗镇乡各国和与及])(?:发展改革|发展和改革|发改|经信|经发|工信|科技|教育|教体|教科|公安|民政|司法|财政|人社|自然资源|生态环境|环保"
    r"|住建|住房城乡建设|住房和城乡建设|交通|交通运输|水利|水务|农业农村|农业|林业|商务|文旅|文体旅|文广旅|文体广电|文化旅游|卫健|卫生健康|退役军人|应急|应急管理|审计|市场监管|市监|统计|体育|医保|医疗保障"
    r"|信访|城管|行政审批|大数据|金融|税务|气象|民宗|国资)(?:局|委|办|厅)"
)


_HALF = re.compile(r"局(?![属直机各])|委(?!属|机关|各)")  # the end of the name before


def name_worth(name: str, lexicon: Lexicon) -> float:
    """How sure a stretch is one name: known from elsewhere, begun as names begin, or at least ending as they end."""
    if name in lexicon.known:
        return 1.2
    if BARE.fullmatch(name):
        return 1.0
    if _HALF.match(name) or name in LONG_PREFIXES or not is_plain_unit(name) or _TWO_NAMES.search(name):
        return -0.6
    return 1.0 - 0.02 * max(0, len(name) - 9) if lexicon.begins.match(name) else 0.5 - 0.02 * len(name)
