"""Where a text has numbers that could be an item's: the forms of numbers (一、(一)1.(1)① and their broken ones), and what each is worth as a number.

At the head of a line the lenient forms count (一 加强), inside a line those that hardly stand there for anything else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CN = "一二三四五六七八九十百"
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_CIRCLED = {chr(0x2460 + i): i + 1 for i in range(20)} | {chr(0x2776 + i): i + 1 for i in range(10)}
_BRACKETED = {chr(0x3220 + i): i + 1 for i in range(10)}  # ㈠
_DOTTED = {chr(0x2488 + i): i + 1 for i in range(20)}  # ⒈
_PARENTHESISED = {chr(0x2474 + i): i + 1 for i in range(20)}  # ⑴
# pages whose bytes were read one off (GBK) print (一) as ?。ㄒ唬: the second sign still tells the number, where it is a sign at all
_BYTE_OFF = dict(zip("ㄒǘㄈㄋㄎㄆòㄊ", (1, 2, 3, 4, 5, 7, 8, 10), strict=True))
_OFF = rf"\?。(?:[{''.join(_BYTE_OFF)}][唬模澹撸耍]?[┩)]?|(?=[^\u4e00-\u9fff]))"
_UNTOLD = 99  # 六, 九: what follows it tells
_COUNTED = "(?!季度|[个次级类家项批期方条])"  # (三季度开工) counts something, and opens no list
_NAMED_BY_DIGITS = r"(?:1\d{4}|\d{3})(?!\d|分钟|公[里顷斤]|[万亿千]|[元倍吨米克]|个百|平方)[\u4e00-\u9fff]"
_STYLE_OF = {
    sign: style
    for style, signs in (("circled", _CIRCLED), ("cnb", _BRACKETED), ("num", _DOTTED), ("numb", _PARENTHESISED))
    for sign in signs
} | {"off": "cnb"}

# style, pattern of the printed number, where it may stand; one example each
_AT_LINE_HEAD = re.compile(
    rf"(?P<chapter>第[{_CN}]{{1,4}}[章部](?:分)?[、,.:]?)"  # 第一章
    rf"|(?P<named>(?:重点|工作|主要)?(?:任务|事项|举措|措施|行动|实事|工程|项目)(?:[{_CN}]{{1,3}}|\d{{1,2}})[:、.]"
    rf"|第[{_CN}]{{1,3}}条(?![。,;)》的规款至和与、]))"  # 任务一: 第一条
    rf"|(?P<cn>[{_CN}]{{1,4}}(?:、|\.|。(?=[\u4e00-\u9fff“《])|,(?=[^{_CN}])|:(?=[^{_CN}])))"  # 一、 一.
    rf"|(?P<cnb>\([{_CN}]{{1,4}}\)[、.]?|\([{_CN}]{{1,3}}(?=[^{_CN})、年月]){_COUNTED}(?!\d)|[{_CN}]{{1,3}}\)(?![,。、;)])|[㈠-㈩])"  # (一) (一 一)
    rf"|(?P<multi>\d{{1,2}}\.\d{{1,2}}(?:\.\d{{1,2}})?(?=[^\d.%年月日万亿个元倍\-])[、.]?)"  # 1.1
    r"|(?P<num>\d{1,3}(?:\*?[.、·](?=\D|(?:19|20)\d\d年)|\*?。(?=[\u4e00-\u9fff“《])|\*(?=[\u4e00-\u9fff“《])"  # 1. 1* 1。
    rf"|\.(?=\d{{1,2}}(?:[月个]|分钟|小时)|{_NAMED_BY_DIGITS})|,(?=\D)|:(?=\D))"  # 1.12345热线
    r"|[⒈-⒛]|[LlI](?=[\u4e00-\u9fff“《])\.?)"  # L加强
    r"|(?P<numb>\(\d{1,3}\)[、.]?|\d{1,2}\)(?![,。、;)])|[⑴-⒇])"  # (1) 1)
    rf"|(?P<off>{_OFF})"  # ?。ǘ┩: (二) read one byte off
    r"|(?P<circled>[①-⑳❶-❿][、.]?)"  # ①
    r"|(?P<dash>-{2,}(?=[^\s-])(?!牵头|责任|配合|协办|主办|完成时|时限)|[●◆■□▲](?=\S))"  # ---
)
# inside a line: style, pattern, and the characters before it that make it something else (第二、, 3.5, H5.)
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NO_COUNT = rf"(?![{_CN}]{{1,3}}(?:[、批类级线期季次产号楼层审年月日至到和与及个项条]|$))"
_INSIDE: tuple[tuple[str, str, str], ...] = (
    ("cn", rf"[{_CN}][{_CN}]{{0,3}}、(?=[^\s、]){_NO_COUNT}", f"{_CN}第0123456789"),  # 一、进一步…, not 一、二批
    ("cnb", rf"\([{_CN}]{{1,4}}\)(?=[^\s、,。;)和至-])(?!及[^时])", "第条款"),
    ("multi", r"\d{1,2}\.\d{1,2}(?:\.\d{1,2})?(?=[\u4e00-\u9fff“《])(?![年月日万亿个元倍名项米公])", "0123456789.-第"),
    (
        "num",
        r"[1-9L](?:\d?(?:\.(?=[^\d\s.,、。)]|(?:19|20)\d\d年)|、(?=[^\d\s、]))|(?<=L)(?=[\u4e00-\u9fff“《]))",
        _LATIN + "0123456789.%第/-",
    ),
    (  # behind a stop, before a name that begins with digits: 2.316林荫道, 3.12345热线
        "num",
        rf"\d(?<=[。;)]\d)\d?\.(?={_NAMED_BY_DIGITS})",
        "",
    ),
    ("numb", r"\([1-9]\d?\)(?=[^\s、,。;)和至-])(?!及[^时])", "第"),
    ("dash", r"-{3,}(?=[\u4e00-\u9fff“])(?!牵头|责任|配合|协办|主办|完成时|时限)", "-"),
    ("named", rf"第[{_CN}]{{1,3}}条(?![。,;)》的款至和与、规])", "《》据照和及条"),  # 第二条
    ("named", rf"[任事举措行实][务项措施动事](?:[{_CN}]{{1,3}}|\d{{1,2}})[:、.]", "《》据照和及"),  # 任务二:
    ("cnb", rf"[{_CN}]{{1,3}}\)(?![,。、;)])", f"({_CN}第、"),  # 三)推广
    ("cnb", rf"\([{_CN}]{{1,3}}(?=[^{_CN})、年月至和]){_COUNTED}", f"({_CN}第、"),  # (三推广
    ("cn", rf"[{_CN}]{{1,3}}\.(?=[\u4e00-\u9fff“《])", f"{_CN}第0123456789"),  # 二.推进
    ("off", _OFF, ""),
    ("one sign", r"[①-⑳㈠-㈩⑴-⒇⒈-⒛]", ""),
)
# what begins with the same signs is looked for at once
_FAMILIES = tuple(
    (family, re.compile("|".join(f"({pattern})" for _, pattern, _ in family)))
    for family in (
        [one for one in _INSIDE if one[1].startswith(f"[{_CN}]")],
        [one for one in _INSIDE if one[1].startswith(r"\(")],
        [one for one in _INSIDE if one[1].startswith((r"\d", "[1"))],
        *([one] for one in _INSIDE if one[0] in {"dash", "named", "off", "one sign"}),
    )
)


class NumberMark(NamedTuple):
    """A number: its style (cn, cnb, num …), its value, its span in the text."""

    style: str
    number: int
    start: int
    end: int
    at_line_head: bool


def number_marks(text: str, start: int, end: int) -> list[NumberMark]:
    """Every number that could be an item's, in the order of the text; at the head of a line the lenient forms count too."""
    marks: list[NumberMark] = []
    taken: set[int] = set()
    position = start
    while 0 <= position < end:
        head = _AT_LINE_HEAD.match(text, position, end)
        if head:
            marks.append(
                NumberMark(
                    _STYLE_OF.get(style := head.lastgroup or "", style), _value(style, head.group()), *head.span(), at_line_head=True
                )
            )
            taken.update(range(head.start(), head.end() - 1))
        position = text.find("\n", position, end) + 1 or end
    for family, pattern in _FAMILIES:
        for found in pattern.finditer(text, start, end):
            at = found.start()
            style, _, not_after = family[(found.lastindex or 1) - 1]
            if at not in taken and at > start and text[at - 1] != "\n" and text[at - 1] not in not_after:
                marks.append(
                    NumberMark(
                        _STYLE_OF.get(text[at], _STYLE_OF.get(style, style)),
                        _value(style, found.group()),
                        at,
                        found.end(),
                        at_line_head=False,
                    )
                )
    return sorted(marks, key=lambda mark: mark.start)


def _value(style: str, printed: str) -> int:
    for table in (_CIRCLED, _BRACKETED, _DOTTED, _PARENTHESISED):
        if printed[0] in table:
            return table[printed[0]]
    if style == "dash":
        return 0
    if style == "off":
        return next((_BYTE_OFF[sign] for sign in printed if sign in _BYTE_OFF), _UNTOLD)
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
