"""The parts of a plan: what stands before the first item, the text itself, each attachment (附件), what stands after the end."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ATTACHMENT = re.compile(
    r"(?:^|\n)(?P<name>附件?[件表录](?P<number>\d{1,2}|[一二三四五六七八九十]{1,2})?(?:-\d+)?)(?=[:\n.、]|[^\d\n:的中所列、,。)]{2,60}(?:\n|$))[:.、]?"
)
_LISTING = re.compile(r"附件:?\n?1[.、:][^\n]{2,80}(?:\n(?:[^\n\d附]{1,40}\n)?\d{1,2}[.、:][^\n]{2,80})*|附件:(?:\d[.、])?[^\n]{2,80}")
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


def read_parts(text: str) -> list[Part]:
    """The main text first, then each attachment."""
    heads = [found for found in _ATTACHMENT.finditer(text) if not _LISTING.match(text, found.start("name")) or _is_heading(text, found)]
    edges = [found.start("name") for found in heads]
    parts = [Part("正文", 0, edges[0] if edges else len(text), "")]
    for found, end in zip(heads, [*edges[1:], len(text)], strict=False):
        body = text[found.end() : end].strip("\n:、.")
        parts.append(Part(found["name"], found.end(), end, body.split("\n", 1)[0]))
    return parts


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
