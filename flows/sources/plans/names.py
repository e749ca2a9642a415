"""What the name of a unit looks like: by its last characters, and by the words that no name holds.

`looks_like_unit("区人民政府办公室")` is true, and so it is of what names several at once (`各镇(街道)`). Text handed in is folded
and squeezed (see fold.py).
"""

from __future__ import annotations

import re
from functools import lru_cache

from flows.sources.plans.words import words

# the last characters of names of organs, public bodies and firms, longest first where one ends in another
SUFFIXES = "|".join(word.pattern for word in words("unit_suffix"))
_BRACKET = r"(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|〔[^〔〕]*〕)"
_UNIT_END = re.compile(rf"(?:{SUFFIXES}){_BRACKET}?$")
_COLLECTIVE = re.compile(
    r"^(?:[^、,;。]{0,8}(?:各|有关|相关|全体|所属|直属|其他|其它|涉及)[^、,;。]{0,14}"
    r"(?:部门|单位|科室|股室|处室|街道|乡镇|镇街|街镇|镇|乡|县|区|市|园区|开发区|委办|委|办|局|政府|机关|机构|企业|学校|成员|办事处|党委|社区|村)"
    rf"{_BRACKET}?[^、,;。]{{0,8}}|各[县市区镇乡街地][^、,;。]{{0,8}}|各(?:有关|相关)?[县市区州旗乡镇](?:、(?:县级市|[县市区州旗乡镇])){{1,3}}(?:(?:人民)?政府)?|村\((?:社区|居)\))$"
)


@lru_cache(maxsize=8192)
def looks_like_unit(name: str) -> bool:
    """True for what ends as the name of an organ, public body or firm does, or names several at once (`各镇(街道)`)."""
    return 2 <= len(name) <= 40 and bool(_UNIT_END.search(name) or _COLLECTIVE.match(name))  # noqa: PLR2004 -- no unit's name is shorter or longer


_DEPARTMENT = re.compile(rf"[省市县区州旗]?(?:{'|'.join(word.pattern for word in words('department'))})")


def is_department(name: str) -> bool:
    """True for a department's name without its last word, as columns of names print it: 省人口计生."""
    return _DEPARTMENT.fullmatch(name) is not None


_PLACE = re.compile(r"(?!.*(?:建设|核心|园区))[\u4e00-\u9fff]{2,5}[市区县州旗镇乡]")


def is_place(name: str) -> bool:
    """True for the bare name of a place, which plans name where its government answers: 北湖区."""
    return _PLACE.fullmatch(name) is not None and not _ONLY_IN_TEXT.search(name) and not _DOING.search(name)


_LONGEST_ENDING = 8  # characters of a name behind a word of doing: 住房和城乡建设|局, 信息公开|领导小组办公室
_ONLY_IN_TEXT = re.compile(
    r"特别是|尤其|履行|覆盖|机制|制度|目录|专栏|年度|情况|内容|活动|公布|做好|抓好|办好|健全|强化|深化|完成|梳理|解读|回应|能力|水平|力度|体系|要求|流程|(?<!自)由|服务(?!中心|局|办|所|站|科|股|部|处|管理|保障)|[的了在将“”《》:。;]"
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
