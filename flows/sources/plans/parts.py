"""The parts of a plan: what stands before the first item, the text itself, each attachment (附件), what stands after the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_ENCLOSED = r"[\u4e00-\u9fff“”《》()\d]{4,50}?(?:名单|名录|分解表|任务表|分工表|一览表|方案|要点|清单|目录|流程|规程|办法|模板|台账|统计表|计划表|总任务|任务)"
_ATTACHMENT = re.compile(
    r"(?:^|\n)(?P<name>附件?[件表录](?P<number>\d{1,2}|[一二三四五六七八九十]{1,2})?(?:-\d+)?)(?=[:\n.、]|[^\d\n:的中所列、,。)]{2,60}(?:\n|$))[:.、]?"
    rf"|(?P<glued>附[件表](?:\d{{1,2}}|[一二三四五六七八九十](?!、))?)(?={_ENCLOSED})"  # …2015年7月31日附件1单位名单一、
)
_LISTING = re.compile(
    r"(?:附件:\n?|(?<=\n)附件\n?)1[.、:][^\n]{2,80}(?:\n(?:[^\n\d附]{1,40}\n)?\d{1,2}[.、:][^\n]{2,80})*|附件:(?:\d[.、])?[^\n]{2,80}"
)
_TAIL = re.compile(
    r"(?:^|\n)(?:抄送|抄报|主送|\(此件|\(?联系人|(?:此件|信息公开选项|公开属性|公开方式)|主办单位|承办单位|来源|责任编辑|附件下载|相关(?:链接|解读|文件|阅读)|扫一扫|分享到|上一篇|下一篇)"
    r"|\n[^\n。;]{4,40}\n(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:印发)?(?=\n|$)|\n(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:印发)?(?=\n|$)|\s*来源:"
)
# …取得实效。某县人民政府办公室2018年7月6日: a signature that run-on text has glued to the last sentence
_SIGNED_ON = re.compile(
    r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:印发(?![《了的]))?(?=[(\n]|$|附[件表:]|抄[送报]|来源|主办|[^\d前后起至底,、。以召经内]{6,40}(?:19|20)\d\d年)"
)
_SIGNER = re.compile(r"[。;)”](?P<name>[\u4e00-\u9fff]{3,38}(?:政府|办公室|办公厅|委员会|管委会|局|厅|委|办|中心|指挥部|领导小组))$")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the flow with the name it is printed under (正文, 附件1); `title` is its first line."""

    name: str
    start: int
    end: int
    title: str


def read_parts(text: str, is_gap: Callable[[int], bool] = lambda _: False) -> list[Part]:
    """The main text first, then each attachment; in text on one line an attachment stands behind a date or a printed blank."""
    heads = [found for found in _ATTACHMENT.finditer(text) if _begins_part(text, found, is_gap)]
    edges = [found.start(_named(found)) for found in heads]
    parts = [Part("正文", 0, edges[0] if edges else len(text), "")]
    for found, end in zip(heads, [*edges[1:], len(text)], strict=False):
        body = text[found.end() : end].strip("\n:、.")
        glued = re.match(_ENCLOSED, body) if found["glued"] else None
        parts.append(Part(found[_named(found)], found.end(), end, glued[0] if glued else body.split("\n", 1)[0]))
    return parts


def _begins_part(text: str, found: re.Match[str], is_gap: Callable[[int], bool]) -> bool:
    if not found["glued"]:
        return not _LISTING.match(text, found.start("name")) or _is_heading(text, found)
    at = found.start("glued")
    return bool(_DATED.search(text, max(0, at - 3), at)) or (is_gap(at) and bool(_PAST_SIGNATURE.search(text, 0, at)))


_DATED = re.compile(r"\d日$")
_PAST_SIGNATURE = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日附|(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?=.{0,40}$)")


def _named(found: re.Match[str]) -> str:
    return "glued" if found["glued"] else "name"


def _is_heading(text: str, found: re.Match[str]) -> bool:
    """`附件:任务分解表` right above its table stands for both the list of attachments and the attachment."""
    return text[found.start("name") + 2 : found.end()] == "" and text[found.end() : found.end() + 1] == "\n"


def listings(text: str) -> list[tuple[int, int]]:
    """Where attachments are only listed (`附件:1.任务清单 2.单位名单`): their numbers are no items."""
    return [found.span() for found in _LISTING.finditer(text)]


def tail_after(text: str, start: int, end: int) -> int:
    """Where the signature, the distribution list or the site's footer begins after `start`; `end` where there is none."""
    found = _TAIL.search(text, start, end)
    tail = found.start() if found else end
    for date in _SIGNED_ON.finditer(text, start, tail):
        signer = _SIGNER.search(text, max(start, date.start() - 44), date.start())
        if signer:
            return signer.start("name")
    return tail
