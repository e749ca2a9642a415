"""A document's title: a line of the head that ends as titles do, with the lines that belong to it; in run-on text a piece of the head."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise

from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.shapes import fold
from flows.sources.plans.signers import NUMBER, ORGAN
from flows.sources.plans.sounds import SOUND, SOUNDS

NOUN = (
    r"(?:方案|要点|计划|安排|通知|意见|分工|清单|任务|措施|办法|规定|行动|制度|细则|通报|公告|函|报告|规范|标准|目录|指南|规划|举措|台账|一览表|(?:任务|进度|分解|项目|责任|时间|计划|安排|分工)表|通告|实事(?:项目)?"
    r"|责任分解|任务分解|工作分解|责任书|工作目标|实事目标|时间表|路线图|[任分][务解]书|决定|解读|规则|请示|(?:推进|进展)情况)"
)
_LINE = re.compile(rf"^[^。;!?]{{4,120}}{NOUN}(?:\([^()]{{1,30}}\))?$")
_QUOTED = re.compile(
    rf"(?:{NUMBER})?《(?P<title>(?:[^《》]{{2,40}}关{SOUND}于[^《》]{{4,90}}|(?:关于)?[^《》]{{6,90}}){NOUN})》"
)  # 某政办发〔2016〕2号《某市政府关于印发…的通知》
_SENTENCE = ("附件", "根据", "按照", "为", "现将", "经", "各")
_LISTED = re.compile(r"\d{1,2}[.、](?!\d(?!\d{3}年))|\([一二三四五六七八九十\d]{1,2}\)")  # 2.责任分解表, in the list of attachments
_OF_A_TITLE = re.compile(r"(?!\d+$)[\u4e00-\u9fff《》()“”\d-]{6,40}$")
# lines above a title that are none of it: dates, marks of disclosure, the site's own words
_NOT_OF_A_TITLE = re.compile(
    rf"\d年\d{{1,2}}月\d{{1,2}}日|此件|公开发布|主动公开|网$|网站|首页|无障碍|长者|关怀版|欢迎您|返回|来源|字号|索引|征集$|信息公开$|打印|[带请][你您]|(?:{NOUN}|文件)$"
)
_ORGAN_LINE = re.compile(rf"[\u4e00-\u9fff]{{2,30}}{ORGAN}")
_SUBJECT = re.compile(
    r"(?:[\u4e00-\u9fff]{2,8}丨|【[^【】]{2,20}】)(?=[\u4e00-\u9fff])"
)  # 政务服务丨某市人民政府关于…: what a site puts before a title
_GOES_ON = re.compile(r"关于(?:印发|转发|批转|下发|公布|做好|开展|加强|推进)?$")  # 某县人民政府办公室关于印发 / 某县…方案的通知
_WHOLE = re.compile(rf"[\u4e00-\u9fff]{{2,30}}{ORGAN}关于")
_RUN_ON = re.compile(
    rf"(?:{NUMBER})?(?P<title>(?!为|根据|按照|经|现将)[^。;:\n]{{6,100}}?{NOUN})(?=(?:\({NUMBER}\))?各|为|根据|按照|(?:19|20)\d\d年(?:度|以来)?,|[\u4e00-\u9fff,、()]{{2,40}}:|(?!的)[\u4e00-\u9fff]{{2,6}}〔20\d\d〕第?\d{{1,4}}号)"
)
_CLOSED = re.compile(rf"(?P<title>[\u4e00-\u9fff]{{0,24}}关于[^。;:,\n]{{4,80}}{NOUN})。(?=为|根据|按照)")  # …关于支持某产业的意见。为促进…
_HANDED_OUT = re.compile(
    r"(?<!》)(?<!》、)《(?P<title>[^《》]{4,60}(?:《[^《》]{2,40}》[^《》]{0,20})?)》(?:[、和及]?《[^《》]{4,60}》)*(?:\([^()。]{2,30}\))?,?(?=[^。,]{0,40}(?:已经|业经|经)[^。]{0,24}(?:同意|通过|批准)|[^。]{0,8}印发)"
)
_SOURCE_SENTENCE = 400  # a title in the covering sentence stands near the beginning


def read_title(flow: NormalizedText, end: int, printed: str | None) -> tuple[str | None, str | None]:
    """The title and, where it closes with one in brackets, the document's number; `printed` is the site's own field for it."""
    title = printed or _in_head(flow, end)
    return _without_number(title) if title else (None, None)


def _in_head(flow: NormalizedText, end: int) -> str | None:
    for by_blanks in (False, True):
        spans = _spans(flow, end, by_blanks=by_blanks)
        for index in range(len(spans)):
            found = _title_at(flow, spans, index, by_blanks=by_blanks)
            if found:
                return flow.quote(*found)
    run_on = (
        _RUN_ON.match(flow.text, 0, end) or _CLOSED.match(flow.text, 0, end) or _HANDED_OUT.search(flow.text, 0, min(end, _SOURCE_SENTENCE))
    )
    return flow.quote(*run_on.span("title")) if run_on else None


def _spans(flow: NormalizedText, end: int, *, by_blanks: bool) -> list[tuple[int, int]]:
    """The lines of the head, or (run-on text) the pieces between printed blanks."""
    breaks = [at for at, char in enumerate(flow.text[:end]) if char == "\n"]
    lines = [(left + 1, right) for left, right in pairwise([-1, *breaks, end]) if right > left + 1]
    if not by_blanks:
        return lines
    gaps = [start for start in flow.starts[: bisect_left(flow.starts, end)] if flow.is_gap(start)]
    cut = sorted({edge for line in lines for edge in line} | set(gaps))
    return [(left, right) for left, right in pairwise(cut) if flow.text[left:right].strip("\n")]


def _title_at(flow: NormalizedText, spans: list[tuple[int, int]], index: int, *, by_blanks: bool) -> tuple[int, int] | None:
    """A line that ends as titles do, with the lines above that belong to it (the issuer, a wrapped beginning)."""
    start, end = spans[index]
    end = _whole_quotation(flow.text, spans, index)
    line = flow.text[start:end].replace("\n", "")
    end = _with_period(flow.text, spans, index, _wrapped_end(flow.text, spans, index, end))
    quoted = _QUOTED.fullmatch(line)
    if quoted:
        return start + quoted.start("title"), start + quoted.end("title")
    if (
        not _LINE.match(line)
        or line.startswith(_SENTENCE)
        or line.count(">") > line.count("<")  # where a page stands on its site: 专栏>>政府信息公开制度
        or _LISTED.match(line)
        or _is_channel(flow.text, spans, index, line)
        or (by_blanks and (flow.text[start - 1 : start] in {",", "、", ";", ":"} or _is_quoted(flow.text, start)))
    ):
        return None
    for left, right in reversed(spans[max(0, index - 4) : index]):
        above, title = SOUNDS.sub("", flow.text[left:right]), SOUNDS.sub("", flow.text[start:end])
        joint = _ORGAN_LINE.fullmatch(above) and _ORGAN_LINE.fullmatch(title.partition("\n")[0])
        named = above.removeprefix("中共")[:2] == title[:2]  # the site names who publishes, the title begins with the same place
        if joint or _GOES_ON.search(above):
            start = left
            continue
        if named or title in above or _WHOLE.match(title.replace("\n", "")) or not _OF_A_TITLE.match(above):
            break
        if _NOT_OF_A_TITLE.search(above) and not (
            title.startswith("关于") and not re.search(r"\d日|网|公开发布|主动公开|征集|专栏", above)
        ):
            break
        start = left
    return start, end


def _is_channel(text: str, spans: list[tuple[int, int]], index: int, line: str) -> bool:
    """True for the name of a site's part (规范性文件草案征集意见) right above a title that says what it is about."""
    following = text[slice(*spans[index + 1])] if index + 1 < len(spans) else ""
    own = re.search(r"关于|[《\d]|实施|工作", line)
    return len(line) <= _LONGEST_CHANNEL and not own and bool(re.search("关于|《", following) and _LINE.match(following))


def _is_quoted(text: str, at: int) -> bool:
    """True inside 《》 that opened in this line: the words are those of a cited document."""
    line = text.rfind("\n", 0, at) + 1
    return text.count("《", line, at) > text.count("》", line, at)


_LONGEST_CHANNEL = 14  # characters of a name of a part of a site
_MOST_WRAPS = 3
_LAST_WORDS = re.compile(r"[\u4e00-\u9fff“”()、\d]{2,30}的(?:通知|意见|方案|函|决定)")


_PERIOD = re.compile(r"\n?\((?:20\d\d年?[-~至](?:20\d\d)年?|20\d\d年(?:度|版)?|试行|暂行|修订版?)\)")


def _with_period(text: str, spans: list[tuple[int, int]], index: int, end: int) -> int:
    """Where a title ends below which its years or its state stand in brackets: 某省农田规划 / (2022-2030年)."""
    found = _PERIOD.match(text, end)
    return found.end() if found and end == spans[index][1] and text[found.end() : found.end() + 1] in {"", "\n"} else end


def _wrapped_end(text: str, spans: list[tuple[int, int]], index: int, end: int) -> int:
    """Where a title about something ends whose last words stand in the next line: 关于分解落实年度报告 / 主要任务的通知."""
    start, line_end = spans[index]
    if end != line_end or index + 1 == len(spans) or "关于" not in text[start:end] or text.endswith(("通知", "意见", "方案"), start, end):
        return end
    left, right = spans[index + 1]
    return right if left == end + 1 and _LAST_WORDS.fullmatch(text, left, right) and not text.startswith("关于", left) else end


def _whole_quotation(text: str, spans: list[tuple[int, int]], index: int) -> int:
    """Where a title ends that was wrapped inside 《》; the end of the line where none is open there."""
    start, end = spans[index]
    if text.count("《", start, end) <= text.count("》", start, end) or not _QUOTES.search(text, start, end):
        return end
    for _, later in spans[index + 1 : index + 1 + _MOST_WRAPS]:
        if text.count("《", start, later) == text.count("》", start, later) and _LINE.match(text[start:later].replace("\n", "")):
            return later
    return end


_QUOTES = re.compile(r"(?:印发|转发|贯彻|落实|关于)《|^《")
_TWICE = re.compile(r"(?P<title>.{6,})\((?P=title)\)")  # a page that prints its title once more in brackets
_STATE = re.compile(
    rf"\((?:失效|废止|已废止|有效|现行有效|已修改)\)(?:{NUMBER})?|{NUMBER}(?=[\u4e00-\u9fff]{{2,30}}关于|[\u4e00-\u9fff]{{8,60}}的(?:通知|意见|函|决定)$)"
)


def _without_number(title: str) -> tuple[str, str | None]:
    """A number in brackets at the end of the title is the document's own (…的通知(某办发〔2017〕2号)); marks before it are none of it."""
    subject = _SUBJECT.match(title)
    title = title[subject.end() :] if subject else title
    twice = _TWICE.fullmatch(fold(title))
    title = title[: twice.end("title")] if twice else title
    state = _STATE.match("".join(fold(title).split())) if fold(title).startswith("(") or "号" in title[:24] else None
    title = title[state.end() :] if state and " " not in title[: state.end()] else title
    found = re.search(rf"\((?P<number>{NUMBER})\)$", fold(title))
    return (title[: found.start()], title[found.start("number") : found.end("number")]) if found else (title, None)
