"""What a title says of the kind of its document: 关于印发《…工作要点》的通知 is one of key points, 《…工作要点》政策解读 of an interpretation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flows.sources.plans.formats.boilerplate import WORDS
from flows.sources.plans.kind_table import DIRECTIVE, Kind, kind_of_code, kinds, squeezed
from flows.sources.plans.signers import NUMBER
from flows.sources.plans.text import Line

_HEAD_LINES = 14
_LONGEST_TITLE = 110
_MENU = frozenset((WORDS["menu_words"] + " " + WORDS["sure_menu_words"]).split())
_BRACKETS_AT_END = re.compile(r"[(〔][^()〔〕]{1,24}[)〕]$")
_BRACKETS_AT_START = re.compile(r"^[(〔](?:已?失效|已?废止|(?:现行)?有效|此件[^()〔〕]{1,20})[)〕]")
_IN_BRACKETS = re.compile(r"[(〔][^()〔〕]{9,}[)〕]")
_QUOTED = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_ORDINAL_AT_END = re.compile(r"(?<=.)第?[一二三四五六七八九十\d]{1,4}(?:号|批|份|期)?$")
_DRAFT = re.compile(r"征求意见|征求稿|草案|草稿|送审|讨论稿|初稿|代拟|样稿|样表|模板|范本|示例|参考")
_ISSUED = re.compile(
    r"^.{0,80}?关于(?:再次|联合|重新)?(?:印发|转发|批转|下发|下达|发布|公布|实施|印送|调整)(?P<core>.+?)的?(?:通知|函|意见|公告|通告|决定)$"
)
_ISSUED_BARE = re.compile(r"^(?:.{0,80}关于)?(?:印发|转发|批转|下发|印送)(?P<core>.+?)(?:的?(?:通知|函))?$")
_ABOUT = re.compile(r"^.{0,80}?关于(?P<core>.+?)的?(?:通知|函|意见)$")
_DOING = re.compile(
    r"^(?:进一步|全面|扎实|深入|切实|持续|认真|加快|大力|统筹|积极|抓好|从严|规范)*(?:做好|加强|推进|开展|落实|推行|深化|完善|实施|强化|贯彻|提升|优化|推动|规范|促进|建立|改进|抓好|加快)"
)
_REQUESTS = re.compile(
    r"^(?:及时|尽快|抓紧|认真|组织|开展|做好|协助|请|再次)*(?:报送|上报|填报|申报|编制|制定|起草|拟定|草拟|征集|征求|学习|宣传|传达|废止|取消|撤销|停止|暂停|召开|举办|参加|修改|修订|印制|领取|提供|检查|自查|督查|评估|考核|总结|统计|整理|推荐|评选|遴选|调研)"
    r"|^.*(?:自查|检查|督查|报送|上报|填报|统计|征集|评选|推荐|调研|测评|评估|考核|考试|竞赛|培训|会议|轮训|值班|放假)(?:工作|活动|事宜|事项)?$"
)
_TOLD = re.compile(
    r"^[^关《]{2,40}?(?:印发|出台|发布|部署|下发|审议|通过|召开|举办|举行|学习|传达|宣传|动员|启动|制定了?|公布|谋划|专题研究|研究部署|压实)"
)
# an organ does something now: 某县公布2026年任务清单; 规章制定工作计划, 内容发布工作方案 only name what is planned
_ORGAN_ACTS = re.compile(
    r"^[^关《]{2,40}?(?:印发|出台|下发|召开|举办|举行|(?<=[县市区镇乡省州盟旗局委办厅府会])(?:正式|全面|认真|及时|专题|集中|组织|率先)*"
    r"(?:发布|部署|审议|通过|学习|传达|宣传|动员|启动|制定了?|公布|谋划|研究|压实)(?!工作|教育|活动|培训|贯彻|宣传|实施|行动|月|周|方案|计划))"
)
_SPOKEN_OF = re.compile(
    r"^(?:(?:主要|单位|部门|分管)?(?:负责人|负责同志|领导)|[\u4e00-\u9fff]{2,16}(?:局|办|委|厅|办公室|中心|政府|部门|专家))(?:图文|权威|详细)?解读(?:[:|丨]|《)|^[\[〔【]?(?:政策|文件|图文|文字|专家|视频|动漫|简明|音频|一图|部门|媒体)*(?:解读|图解|读懂|问答|速览|快问快答|回应|公示|征求意见|要闻|动态|快讯|聚焦|总结|转载|新闻|解答|答疑)(?:[:|丨〕\]】《\"“-]|之)"
    r"|^[^《》。]{4,40}?(?:同志|主任|局长|秘书长|处长|负责人|专家|部门)(?:就[^。]{2,60})?(?:解读|回答|谈)"  # 某局局长解读2020年任务分工方案
)
_PARTS = re.compile(r"(?:以?及(?:有关|相关)?|和|与|暨|、)")
_OF_THE_SITE = re.compile(
    r"[>|]|首页|(?:日期|时间|来源|作者|浏览|字体|字号|次数|发布者|发布机构)[:〔(]|网站$|人民政府$|(?:政府|办公室|委员会|[局厅委办])文件$|信息(?:详情|内容|公开)$"
)
SHORTEST_TITLE = 8
_BARS_OF_A_TABLE = 6  # on one line: its rows lost their line ends, and its title may stand before them
_RUN_ON = 400  # characters of a text that runs on in one line in which its title stands
_DAY = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:印发)?")
_ITEM = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]+\)|\d{1,2}[.、]|附件?[::\d]|第[一二三四五六七八九十]+[章条]")
_NUMBERING = re.compile(
    r"(?:^|(?<=[^〔\[(第\d年月]))(?:[一二三四五六七八九十]{1,3}、|[(〔][一二三四五六七八九十\d]{1,2}[)〕]|\d{1,2}[.、](?!\d)|问:|序号)"
)
_HEADING_STOPS = "。;,!"
_COMMAS_OF_PROSE = 3
_PAST = frozenset({"summary", "annual_report", "minutes", "speech", "news"})


def kind_of_title(printed: str) -> Kind | None:
    """The kind that a title names, None where it names none, several that do not go together, or a draft."""
    whole = bare(printed)
    whole = quoted[1] if (quoted := _QUOTED.fullmatch(whole)) else whole
    if is_unsure(printed):
        return None
    if _SPOKEN_OF.match(squeezed(printed)):
        return kind_of_code()["interpretation"]
    for pattern in (_ISSUED, _ISSUED_BARE, _ABOUT):
        found = pattern.match(whole)
        if found and pattern is _ABOUT and _REQUESTS.match(found["core"]):
            return kind_of_code()["admin_notice"]
        if found and found["core"].count("《") == found["core"].count("》"):
            inner = kind_of_title(found["core"])
            is_directive = pattern is _ABOUT and _DOING.match(found["core"]) and not (inner and inner.is_plan)
            return kind_of_code()[DIRECTIVE] if is_directive else inner or (_named(whole) if pattern is _ABOUT else None)
    named = _of_parts(whole)
    is_told = _TOLD.match(whole) and "关于" not in whole and (_ORGAN_ACTS.match(whole) or not (named and named.is_plan))
    return kind_of_code()["news"] if is_told else named


def _of_parts(whole: str) -> Kind | None:
    """工作任务分工方案及有关工作制度: a plan with its rules is a plan; a summary of the past year with a plan is neither."""
    named = _named(whole)
    quoted = re.fullmatch(r"《([^《》]+)》(?:[、和及与]?《[^《》]+》)*", whole)
    if quoted:
        named = _named(quoted[1]) or named
    parts = [kind for part in _PARTS.split(whole) if (kind := _named(part.strip("《》")))]
    if named is None or named.code == DIRECTIVE:
        return named
    if named.is_plan and any(not kind.is_plan and kind.code in _PAST for kind in parts):
        return None
    if named.code in {"rules", "catalogue", "responsibility_list"} and any(kind.is_plan for kind in parts):
        return next(kind for kind in parts if kind.is_plan)
    return named


def _named(words: str) -> Kind | None:
    """The kind whose nouns close the words; of several the one with the longest, of equals that which is no plan."""
    words = _BRACKETS_AT_END.sub("", words)
    best: tuple[int, bool, Kind] | None = None
    for kind in kinds():
        found = kind.title and next((m for m in re.finditer(rf"(?:{kind.title.pattern})$", words) if m[0]), None)
        if found and (best is None or (len(found[0]), not kind.is_plan) > best[:2]):
            best = (len(found[0]), not kind.is_plan, kind)
    return best[2] if best and (not best[2].is_plan or len(words) >= SHORTEST_TITLE) else None


def read_heads(lines: Sequence[Line], title: str | None, metadata: dict[str, str]) -> Iterator[tuple[str, int | None]]:
    """What may be the title: the site's own field, the title that was read, and each short line above the text."""
    for label in ("标题", "名称", "信息名称", "文件名称", "文件标题", "公文名称"):
        if metadata.get(label):
            yield metadata[label], None
    if title:
        yield title, None
    for line in lines[:_HEAD_LINES]:
        is_text = line.kind == "text" or line.text.count("|") >= _BARS_OF_A_TABLE
        pieces = re.split(r"\s{2,}", line.text.strip()) if is_text and re.search(r"\S\s{2,}\S", line.text) else [line.text]
        is_run_on = len(line.text) > _LONGEST_TITLE or len(pieces) > 1 or (is_text and line.kind != "text")
        if is_run_on:
            pieces = [*pieces, *re.split(r"\s+", line.text[:_RUN_ON])]
        for piece in dict.fromkeys(_NUMBERING.split(squeezed(piece), maxsplit=1)[0] if is_run_on else piece for piece in pieces):
            if _is_head(piece, "text" if is_text else line.kind):
                yield piece.strip(), line.number
        if len(line.text) > _LONGEST_TITLE:
            return


def _is_head(printed: str, kind: str) -> bool:
    words = bare(printed)
    if _IN_BRACKETS.fullmatch(squeezed(printed)):
        return False  # (某年某月某日某会议通过): how the document came about
    if _ITEM.match(squeezed(printed)) or _DAY.fullmatch(words) or "。" in words or ";" in words or words.count(",") >= _COMMAS_OF_PROSE:
        return False
    if not 3 < len(words) <= _LONGEST_TITLE or words.endswith((*_HEADING_STOPS, ":")):  # noqa: PLR2004
        return False
    return kind in {"text", "heading"} and words not in _MENU and not _OF_THE_SITE.search(words)


def is_unsure(printed: str) -> bool:
    """A draft, or last year's summary that announces a plan."""
    return bool(_DRAFT.search(squeezed(printed)[-16:]) and len(printed) <= _LONGEST_TITLE)


def bare(printed: str) -> str:
    """A title without its number, notes in brackets at its ends, blanks."""
    words = re.sub(NUMBER, "", squeezed(printed)).strip("#*-_=. ")
    words = _BRACKETS_AT_START.sub("", words)
    while (cut := _BRACKETS_AT_END.sub("", words)) != words:
        words = cut
    return _ORDINAL_AT_END.sub("", words)
