"""The numbered items of a plan: 一、(一)1.(1)① and their broken forms, as a tree.

A number at the head of a line is an item unless it is a decimal or a year. Inside running text a number is an item where it goes on
with an open list (三、 after 二、) or opens one (1.) after a full stop or right after a heading. So run-on text, headings glued to their
first item, restarted numbers and documents that begin in the middle are read by the same rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_CN = "一二三四五六七八九十百"
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_CIRCLED = {chr(0x2460 + i): i + 1 for i in range(20)} | {chr(0x2776 + i): i + 1 for i in range(10)}
_BRACKETED = {chr(0x3220 + i): i + 1 for i in range(10)}  # ㈠
_DOTTED = {chr(0x2488 + i): i + 1 for i in range(20)}  # ⒈
_PARENTHESISED = {chr(0x2474 + i): i + 1 for i in range(20)}  # ⑴
_STYLE_OF = {
    sign: style
    for style, signs in (("circled", _CIRCLED), ("cnb", _BRACKETED), ("num", _DOTTED), ("numb", _PARENTHESISED))
    for sign in signs
}

# style, pattern of the printed number, where it may stand; one example each
_AT_LINE_HEAD = re.compile(
    rf"(?P<chapter>第[{_CN}]{{1,4}}[章部](?:分)?[、,.:]?)"  # 第一章
    rf"|(?P<named>(?:重点|工作|主要)?(?:任务|事项|举措|措施|行动)(?:[{_CN}]{{1,3}}|\d{{1,2}})[:、.]|第[{_CN}]{{1,3}}条(?![。,;)》的规款至和与、]))"  # 任务一: 第一条
    rf"|(?P<cn>[{_CN}]{{1,4}}(?:、|\.|,(?=[^{_CN}])|:(?=[^{_CN}])))"  # 一、 一.
    rf"|(?P<cnb>\([{_CN}]{{1,4}}\)[、.]?|\([{_CN}]{{1,3}}(?=[^{_CN})、年月])(?!\d)|[{_CN}]{{1,3}}\)(?![,。、;)])|[㈠-㈩])"  # (一) (一 一)
    rf"|(?P<multi>\d{{1,2}}\.\d{{1,2}}(?:\.\d{{1,2}})?(?=[^\d.%年月日万亿个元倍\-])[、.]?)"  # 1.1
    r"|(?P<num>\d{1,3}(?:[.、](?=\D|(?:19|20)\d\d年)|\.(?=\d{1,2}(?:[月个]|分钟|小时)|1\d{4}(?!\d)[\u4e00-\u9fff])|,(?=\D)|:(?=\D))"  # 1. 1.12345热线
    r"|[⒈-⒛]|[LlI](?=[\u4e00-\u9fff“《])\.?)"  # L加强
    r"|(?P<numb>\(\d{1,3}\)[、.]?|\d{1,2}\)(?![,。、;)])|[⑴-⒇])"  # (1) 1)
    r"|(?P<circled>[①-⑳❶-❿][、.]?)"  # ①
    r"|(?P<dash>-{2,}(?=[^\s-])(?!牵头|责任|配合|协办|主办|完成|时限)|[●◆■□▲](?=\S))"  # ---
)
# inside a line: pattern, and the characters before it that make it something else (第二、, 3.5, H5.)
_INSIDE: tuple[tuple[str, re.Pattern[str], frozenset[str]], ...] = (
    (  # 一、进一步…, not 一、二批
        "cn",
        re.compile(rf"[{_CN}][{_CN}]{{0,3}}、(?=[^\s、])(?![{_CN}]{{1,3}}(?:[、批类级线期季次产号楼层审年月日至到和与及个项条]|$))"),
        frozenset(f"{_CN}第0123456789"),
    ),
    ("cnb", re.compile(rf"\([{_CN}]{{1,4}}\)(?=[^\s、,。;)和至-])(?!及[^时])"), frozenset("第条款")),
    (
        "num",
        re.compile(r"[1-9L](?:\d?(?:\.(?=[^\d\s.,、。)]|(?:19|20)\d\d年)|、(?=[^\d\s、]))|(?<=L)(?=[\u4e00-\u9fff“《]))"),
        frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.%第/-"),
    ),
    ("numb", re.compile(r"\([1-9]\d?\)(?=[^\s、,。;)和至-])(?!及[^时])"), frozenset("第")),
    ("one sign", re.compile(r"[①-⑳㈠-㈩⑴-⒇⒈-⒛]"), frozenset()),
)
_FULL_STOP = frozenset("。;:!?)”〕")
_ORDER = {"chapter": 0, "cn": 1, "named": 2, "cnb": 2, "multi": 3, "num": 3, "numb": 4, "circled": 5, "dash": 6}


@dataclass(slots=True)
class Item:
    """One numbered item. Positions are in the flow: the number is text[start:body], the item reaches to `end` (its children included)."""

    style: str
    number: int
    start: int
    body: int
    end: int
    at_line_head: bool
    parent: Item | None = None
    children: list[Item] = field(default_factory=list)

    @property
    def own_end(self) -> int:
        """Where the item's own text ends and its first child begins."""
        return self.children[0].start if self.children else self.end

    def ancestors(self) -> Iterator[Item]:
        item = self.parent
        while item is not None:
            yield item
            item = item.parent


class _Mark(NamedTuple):
    style: str
    number: int
    start: int
    end: int
    at_line_head: bool


def read_outline(text: str, start: int, end: int) -> list[Item]:
    """All items of text[start:end] in document order; the tree hangs on `parent` and `children`."""
    marks = _marks(text, start, end)
    following = _next_of_style(marks)
    items: list[Item] = []
    path: list[Item] = []
    latest: dict[str, int] = {}
    for index, mark in enumerate(marks):
        after = marks[index + 1] if index + 1 < len(marks) else None
        if not _accepted(text, mark, path, following[index], latest) and not _opens_outline(text, mark, path, (following[index], after)):
            continue
        latest[mark.style] = mark.number
        depth = _depth(path, mark)
        for closed in path[depth:]:
            closed.end = mark.start
        del path[depth:]
        item = Item(mark.style, mark.number, mark.start, mark.end, end, mark.at_line_head, path[-1] if path else None)
        if path:
            path[-1].children.append(item)
        path.append(item)
        items.append(item)
    return items


def _marks(text: str, start: int, end: int) -> list[_Mark]:
    """Every number that could be an item's, in the order of the text; at the head of a line the lenient forms count too."""
    marks: list[_Mark] = []
    taken: set[int] = set()
    position = start
    while 0 <= position < end:
        head = _AT_LINE_HEAD.match(text, position, end)
        if head:
            marks.append(
                _Mark(head.lastgroup or "", _value(head.lastgroup or "", head.group()), head.start(), head.end(), at_line_head=True)
            )
            taken.update(range(head.start(), head.end() - 1))
        position = text.find("\n", position, end) + 1 or end
    for style, pattern, not_after in _INSIDE:
        for found in pattern.finditer(text, start, end):
            at = found.start()
            if at not in taken and at > start and text[at - 1] != "\n" and text[at - 1] not in not_after:
                marks.append(_Mark(_STYLE_OF.get(text[at], style), _value(style, found.group()), at, found.end(), at_line_head=False))
    return sorted(marks, key=lambda mark: mark.start)


def _value(style: str, printed: str) -> int:
    for table in (_CIRCLED, _BRACKETED, _DOTTED, _PARENTHESISED):
        if printed[0] in table:
            return table[printed[0]]
    if style == "dash":
        return 0
    if style == "multi":
        return int(printed.strip(".、").split(".")[-1])
    digits = re.sub(r"\D", "", printed)
    if digits:
        return int(digits)
    chinese = "".join(c for c in printed if c in _CN)
    return chinese_number(chinese) if chinese else 1  # L and (S): a number the scanner did not know


def chinese_number(text: str) -> int:
    """十二 is 12, 二十 is 20, 一百零三 is 103."""
    total = current = 0
    for char in text:
        if char == "十":
            total, current = total + (current or 1) * 10, 0
        elif char == "百":
            total, current = total + (current or 1) * 100, 0
        else:
            current = _DIGITS.get(char, 0)
    return total + current


def _next_of_style(marks: list[_Mark]) -> list[int | None]:
    """For each mark the number of the next mark of its style."""
    latest: dict[str, int] = {}
    following: list[int | None] = [None] * len(marks)
    for index in range(len(marks) - 1, -1, -1):
        following[index] = latest.get(marks[index].style)
        latest[marks[index].style] = marks[index].number
    return following


def _accepted(text: str, mark: _Mark, path: list[Item], following: int | None, latest: dict[str, int]) -> bool:
    if mark.at_line_head:
        line_above = text[max(0, mark.start - 40) : mark.start].rstrip("\n")
        return not line_above.endswith(("、", ",", "(", "第"))  # a wrapped line may happen to begin with a number
    open_list = next((item for item in reversed(path) if item.style == mark.style), None)
    before = text[mark.start - 1]
    if open_list is not None and mark.number == open_list.number + 1:
        return before in _FULL_STOP or mark.style != "num" or before not in "、,(《“" or _is_heading(text, path[-1], mark.start)
    if open_list is None and following == mark.number + 1 and before in _FULL_STOP and mark.style in {"cn", "cnb"}:
        return True  # an extract whose first section heading is (四), with (五) to come
    if (
        open_list is None and path and mark.number == latest.get(mark.style, 0) + 1 and mark.number > 1
    ):  # numbers that run on across sections
        return before in _FULL_STOP or mark.style == "cnb" or _is_heading(text, path[-1], mark.start)
    if mark.number == 1 or (open_list is None and not path and before == "。"):
        opens = before in _FULL_STOP or bool(path and _is_heading(text, path[-1], mark.start))
        return opens and (following == mark.number + 1 or mark.style in {"cnb", "cn", "num"})
    gap = 0 if open_list is None else mark.number - open_list.number
    return 0 < gap <= _WIDEST_GAP and before in ("。)〕;" if mark.style == "num" else _CLAUSE_END)


_WIDEST_GAP = 9  # 三、 may be followed by 十二、 in an extract
_CLAUSE_END = frozenset("。)〕;府局委办厅室心位会门院团处科社")  # stops, and the last characters of most names of organs


def _opens_outline(text: str, mark: _Mark, path: list[Item], next_marks: tuple[int | None, _Mark | None]) -> bool:
    """`…工作要点一、抓好落实(一)…`: the first number of run-on text, told by the number that comes next; an extract begins with 四、."""
    if mark.style not in {"cn", "cnb"} or text[mark.start - 1] in _ONE_IN_WORDS:
        return False
    following, after = next_marks
    opens_lower = after is not None and _ORDER[after.style] > _ORDER[mark.style] and after.number == 1
    if path:  # an extract that begins with (五), and then comes 三、(一)
        return opens_lower and mark.style == "cn" and text[mark.start - 1] in _FULL_STOP and _ORDER[path[0].style] > _ORDER["cn"]
    return following == mark.number + 1 or (opens_lower and mark.style == "cn")


_ONE_IN_WORDS = frozenset("统第之进唯同合万单归专逐划不其周每另任某这那如始")


def _is_heading(text: str, item: Item, end: int, longest: int = 60) -> bool:
    """True where nothing but a heading without a stop stands between an item's number and `end`."""
    return 2 <= end - item.body <= longest and not any(char in "。;:" for char in text[item.body : end])  # noqa: PLR2004 -- no heading of one character


def _depth(path: list[Item], mark: _Mark) -> int:
    """How many open items stay open: all that stand above this style in this document, or in the usual order where it is new."""
    for depth, item in enumerate(path):
        if item.style == mark.style:
            return depth
    for depth, item in enumerate(path):
        if _ORDER[item.style] > _ORDER[mark.style]:
            return depth
    return len(path)
