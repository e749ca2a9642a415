"""What the name of a unit looks like: by its last characters, and by the words that no name holds.

`looks_like_unit("区人民政府办公室")` is true, and so it is of what names several at once (`各镇(街道)`). Text handed in is folded
and squeezed (see fold.py).
"""

from __future__ import annotations

import re
from functools import lru_cache

# The last characters of names of organs, public bodies and firms, longest first where one ends in another. Reference data, open for more.
SUFFIXES = (
    "人民政府|政府|管委会|党工委|委员会|办公室|办事处|事务所|事业单位|单位|部门|主体|中心|公司|集团|企业|海关|边检站|银行|学院|大学|学校|医院|法院|检察院"
    "|支队|大队|总队|中队|分局|指挥部|指挥中心|联社|协会|学会|商会|总会|工会|妇联|团委|残联|工商联|文联|科协|侨联|社科联|联合会|机构|专班|报社|电视台|广播电台"
    "|领导小组|工作组|党组|街镇|镇街|街道|乡镇|镇乡|县区|区县|市县|县市|园区|开发区|新区|实验区|试验区|合作区|功能区|产业园|自贸区|片区|高新区|高新园|经开区|示范区|管理区|保税区|度假区|风景区|工业区|社区|农场|林场"
    "|基地|平台|县|镇|乡|局|委|办|厅|署|院|馆|台|站|所|社|会|部|处|科|室|股|组|队|团|行|司|校|旗|盟|委办|岗|庭|政务服务大厅|窗口|党校|融媒体|苏木|嘎查|行署|地委|团场|师市|第[一二三四五六七八九十]{1,2}师|国资|总局|电业|供电|邮政|移动|电信|联通"
)
_BRACKET = r"(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|〔[^〔〕]*〕)"
_UNIT_END = re.compile(rf"(?:{SUFFIXES}){_BRACKET}?$")
_COLLECTIVE = re.compile(
    r"^(?:[^、,;。]{0,8}(?:各|有关|相关|全体|所属|直属|其他|其它|涉及)[^、,;。]{0,14}"
    r"(?:部门|单位|科室|股室|处室|街道|乡镇|镇街|街镇|镇|乡|县|区|市|园区|开发区|委办|委|办|局|政府|机关|机构|企业|学校|成员|办事处|党委|社区|村)"
    rf"{_BRACKET}?[^、,;。]{{0,8}}|各[县市区镇乡街地][^、,;。]{{0,8}}|各[县市区州旗乡镇](?:、[县市区州旗乡镇]){{1,3}}(?:(?:人民)?政府)?)$"
)


@lru_cache(maxsize=8192)
def looks_like_unit(name: str) -> bool:
    """True for what ends as the name of an organ, public body or firm does, or names several at once (`各镇(街道)`)."""
    return 2 <= len(name) <= 40 and bool(_UNIT_END.search(name) or _COLLECTIVE.match(name))  # noqa: PLR2004 -- no unit's name is shorter or longer


_LONGEST_ENDING = 8  # characters of a name behind a word of doing: 住房和城乡建设|局, 信息公开|领导小组办公室
_ONLY_IN_TEXT = re.compile(
    r"特别是|尤其|履行|覆盖|机制|制度|目录|专栏|年度|情况|内容|活动|公布|做好|抓好|办好|健全|强化|深化|完成|梳理|解读|回应|能力|水平|力度|体系|要求|流程|服务(?!中心|局|办|所|站|科|股|部|处|管理|保障)|[的了在将“”《》:。;]"
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
