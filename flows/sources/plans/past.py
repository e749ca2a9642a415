"""Whether items say what was done or what is to be done: a report without a title looks like a plan but for its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.sources.plans.outline import Item

_CITED = re.compile(r"《[^《》]*》")
_TOLD = re.compile(r"(?:情况|工作|进展)[^。:]{0,14}(?:报告|汇报|通报|总结|小结|介绍)如下|(?:如下|现)(?:报告|汇报):|特此(?:报告|汇报)")
_OPENING = re.compile(
    r"取得(?:了)?[^。]{0,10}(?:进展|成效|成绩|进步)|(?:今年|去年|上半年|一年|年初|近年|近期)以?来,|(?:过去|一年来|[上下]半年|前三季度),"
)
_DONE = re.compile(
    r"已(?:经|全部|累计|建|完|整|办|开|发|受|按|实|落|组|投|启|成|对|有|制|印|达)|(?<=[\u4e00-\u9fff])了(?!解)|累计|同比|环比|比上年|比去年|先后|突破|"
    r"共(?:计|开展|受理|组织|发|完成|排查|收|印|召|接|办|检|查)|(?:完成|办结|公开|覆盖|满意|达标|上线)率(?:达|为)|达(?:到)?[\d一二三四五六七八九十百]|(?:发放|张贴|排查|化解|清理|发布|检查|拆除|召开|受理|开展|组织)[^,。;]{0,14}?[\d一二三四五六七八九十百千万两]+余?(?:份|条|处|起|吨|件|次|场|户|人|个|期)"
)
_ASKED = re.compile(r"年底前|月底前|不少于|不得|力争|确保|应当|(?<![重主必需只])要(?=[^求点素件闻,。;])|进一步|务必|须|争取|将(?!近)")
_LIMIT = 2.0
_TELLS, _OPENS, _SHARE, _ASKS = 2.0, 1.0, 2.0, 2.0  # what each kind of evidence counts


def tells_what_was_done(text: str, items: Sequence[Item]) -> bool:
    """True where more speaks for a report: how the text opens and closes, and the words of its items."""
    if not items:
        return False
    text = _CITED.sub(lambda cited: "".ljust(len(cited[0]), "《"), text)  # 《关于进一步…的意见》 asks for nothing here
    leaves = [text[item.body : item.end] for item in items if not item.children]
    opening = text[: items[0].start] + "\n".join(text[item.body : item.own_end] for item in items if item.children)
    done = sum(bool(_DONE.search(words)) and not _ASKED.search(words) for words in leaves) / len(leaves)
    asked = sum(bool(_ASKED.search(words)) for words in leaves) / len(leaves)
    value = _TELLS * bool(_TOLD.search(text)) + _OPENS * bool(_OPENING.search(opening)) + _SHARE * done - _ASKS * asked
    return value >= _LIMIT
