"""Scanning noise and download-site marks: what is printed stays, a repair says how it is to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol


class PlacedLine(Protocol):
    """A line of the source text."""

    @property
    def number(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...


# (line number, column in the line, found, read as, rule)
Finding = tuple[int, int, str, str, str]

_DIGITS = "一二三四五六七八九十"
_LOOKS_LIKE = {
    "-": "一", "—": "一", "－": "一", "ー": "一", "―": "一", "–": "一", "=": "二", "＝": "二", "ニ": "二", "S": "三", "s": "三", "Ξ": "三",
    "≡": "三", "ミ": "三", "H": "五", "£": "五", "E": "五", "t": "七", "±": "七", "A": "八", "ハ": "八", "Λ": "八", "+": "十", "＋": "十",
}  # fmt: skip
# In each pattern the faulty character comes first and what stands before it is looked back at: so lines without it cost nothing.
_ODD_BRACKET = re.compile(r"[(（](?:[^\s\w]|[A-Za-zΞΛーニミハ])[)）]")
_BRACKETED = re.compile(r"[(（](?:(?<=[。;；:：)）\s].)|(?<=^.))([一二三四五六七八九十]{1,3}|[^\s\w]|[A-Za-zΞΛーニミハ])[)）]")
_SCANNED_ONE = re.compile(r"[Ll](?:(?<=[\u3000\u4e00-\u9fff。;；:：)）”》].)|(?<=^.))(?=[\u4e00-\u9fff“《](?<![型形级类座]))")
_SECOND_ITEM = re.compile(r"2\s?[.．、]")
_SIMPLE = (
    # rule, pattern of the fault, reading
    ("scanned_stop", re.compile(r"(?:o(?<=[\u4e00-\u9fff”》)）%％].)|O(?<=[”》)）%％].))(?=[\u4e00-\u9fff“《(（\s]|$)"), "。"),
    ("scanned_zero", re.compile(r"[oO0○◯](?<=[一二三四五六七八九〇零].)(?=[一二三四五六七八九〇零oO0○◯年])"), "〇"),
    ("spaced_number", re.compile(r"[ \u3000](?=[.．、][^\d])(?:(?<=^\d.)|(?<=^\d\d.)|(?<=[。;；)）]\d.)|(?<=[。;；)）]\d\d.))"), ""),
)
# Signs of Markdown that print nothing: emphasis, escapes, breaks in cells, the address of a link.
_MARKUP = re.compile(
    r"\*\*+|\\(?=[!-/:-@\[-`{-~])|<br\s*/?>|(?<!!)\[(?=[^\[\]\n]{1,200}\]\([^()\s]{1,500}\))|\]\([^()\s]{1,500}\)", re.IGNORECASE
)
_SPACED_WORD = re.compile(r"[\u4e00-\u9fff](?:[ \u3000]{1,4}[\u4e00-\u9fff]){1,7}")
_BETWEEN = re.compile(r"(?<=\S)[ \u3000]+(?=\S)")
_STRAY_SPACE = re.compile(r" (?<=[\u4e00-\u9fff、,，].)(?=[\u4e00-\u9fff])")
_PAGE_MARK = re.compile(r"(\d{1,3})、")
_CRUMBS = re.compile(
    r"(?:当前位置|您的位置|您?(?:现在|当前)?所在的?位置)\s*[:：].{0,400}?(?:微信|微博|QQ空间|打印|关闭|分享到?|收藏)(?:\s+(?:微信|微博|QQ空间|QQ|打印|关闭|收藏))*\s+"
)
_TITLE_ENDS = ("方案", "通知", "意见", "要点", "办法", "规定", "计划", "清单", "公告", "名单", "安排")
_SENTENCE_ENDS = tuple("。:：;；)）")
_PROSE = 40


def find_repairs(lines: Sequence[PlacedLine], *, is_markdown: bool = False) -> Iterator[Finding]:
    """Repairs of all content lines, in the order of the text; the signs of Markdown too, if it is that."""
    content = [line for line in lines if line.kind in {"text", "heading", "table"} and line.text]
    of_line: dict[int, list[Finding]] = {}
    for finding in (*_page_marks(content), *_scanned_numbers(content), *_scanned_ones(content)):
        of_line.setdefault(finding[0], []).append(finding)
    for line in content:
        found = of_line.get(line.number, [])
        found += [
            (line.number, hit.start(), hit[0], read_as, rule) for rule, pattern, read_as in _SIMPLE for hit in pattern.finditer(line.text)
        ]
        found += [(line.number, hit.start(), hit[0], "", "markup") for hit in _MARKUP.finditer(line.text)] if is_markdown else []
        crumbs = _CRUMBS.match(line.text)
        found += [(line.number, 0, crumbs[0], "", "site_furniture")] if crumbs else _spaces(line)
        yield from sorted(found)


def _page_marks(content: Sequence[PlacedLine]) -> Iterator[Finding]:
    """Download sites begin each page's text with "1、", "2、" …: all prose lines are so marked, and most are broken off in a sentence."""
    marked = [(line, mark) for line in content if (mark := _PAGE_MARK.match(line.text))]
    prose = sum(len(line.text) > _PROSE for line in content)
    counted = all(int(mark[1]) == number for number, (_, mark) in enumerate(marked, start=1))
    broken_off = sum(not line.text.rstrip().endswith(_SENTENCE_ENDS) for line, _ in marked[:-1])
    long = sum(len(line.text) > _PROSE for line, _ in marked) * 2 >= len(marked)  # short ones are items of a list
    if len(marked) > 1 and long and counted and len(marked) >= prose and broken_off * 2 >= len(marked) - 1:
        yield from ((line.number, 0, mark[0], "", "page_marker") for line, mark in marked)


def _scanned_numbers(content: Sequence[PlacedLine]) -> Iterator[Finding]:
    """A bracket with one odd character that stands where the next number is due: "(S)" after (二) is (三)."""
    if not any(_ODD_BRACKET.search(line.text) for line in content):
        return
    previous = 0
    for line in content:
        for hit in _BRACKETED.finditer(line.text):
            number = _value(hit[1])
            if number:
                previous = number
            elif previous < len(_DIGITS) and _LOOKS_LIKE.get(hit[1]) in {_DIGITS[previous], _DIGITS[0]}:
                reading = _LOOKS_LIKE[hit[1]]
                previous = _DIGITS.index(reading) + 1
                yield (line.number, hit.start(), hit[0], f"{hit[0][0]}{reading}{hit[0][-1]}", "scanned_number")


def _value(printed: str) -> int:
    """1 to 99 for Chinese numerals, 0 for anything else."""
    if not all(digit in _DIGITS for digit in printed):
        return 0
    tens, ten, ones = printed.rpartition("十")
    if not ten:
        return _DIGITS.index(printed) + 1 if len(printed) == 1 else 0
    return 10 * (_DIGITS.index(tens) + 1 if tens else 1) + (_DIGITS.index(ones) + 1 if ones else 0)


def _scanned_ones(content: Sequence[PlacedLine]) -> Iterator[Finding]:
    """An "L" in "L加强" is "1." where an item 2 is still to come."""
    hits = [(line, hit) for line in content for hit in _SCANNED_ONE.finditer(line.text)]
    last_line = next((line for line in reversed(content) if _SECOND_ITEM.search(line.text)), None) if hits else None
    if last_line is None:
        return
    last = (last_line.number, max(hit.start() for hit in _SECOND_ITEM.finditer(last_line.text)))
    yield from ((line.number, hit.start(), hit[0], "1.", "scanned_one") for line, hit in hits if (line.number, hit.start()) < last)


def _spaces(line: PlacedLine) -> list[Finding]:
    """Spaces that line ends of a print left inside words: in long prose and in table cells, not between columns or after titles."""
    stripped = line.text.strip()
    if line.kind != "table" and _SPACED_WORD.fullmatch(stripped):
        return [(line.number, hit.start(), hit[0], "", "spaced_word") for hit in _BETWEEN.finditer(line.text)]
    if line.kind == "table":
        return [(line.number, hit.start(), hit[0], "", "stray_space") for hit in _STRAY_SPACE.finditer(line.text)]
    hits = list(_STRAY_SPACE.finditer(line.text))
    if len(stripped) >= _PROSE and len(hits) * 4 > len(stripped):
        return [(line.number, hit.start(), hit[0], "", "spaced_word") for hit in _BETWEEN.finditer(line.text)]
    if len(stripped) < _PROSE or len(hits) * _PROSE > len(stripped) or not re.search("[,，。;；]", stripped):
        return []
    kept = [hit for hit in hits if not line.text[max(0, hit.start() - 2) : hit.start()].endswith(_TITLE_ENDS)]
    return [(line.number, hit.start(), hit[0], "", "stray_space") for hit in kept]
