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
_BRACKETED = re.compile(r"(?:(?<=[。;；:：)）\s])|^)([(（])([一二三四五六七八九十]{1,3}|[^\s\w]|[A-Za-zΞΛーニミハ])([)）])")
_SCANNED_ONE = re.compile(r"(?:(?<=[\u4e00-\u9fff。;；:：)）”》])|^\s*)([Ll])(?=[\u4e00-\u9fff“《](?<![型形级类座]))")
_SECOND_ITEM = re.compile(r"2\s?[.．、]")
_SIMPLE = (
    # rule, pattern whose group 1 is the fault, reading
    ("scanned_stop", re.compile(r"(?<=[\u4e00-\u9fff”》)）%％])([oO])(?=[\u4e00-\u9fff“《(（\s]|$)"), "。"),
    ("scanned_zero", re.compile(r"(?<=[一二三四五六七八九〇零])([oO0○◯])(?=[一二三四五六七八九〇零oO0○◯年])"), "〇"),
    ("spaced_number", re.compile(r"(?:(?<=[。;；)）])|^)\d{1,2}([ \u3000])(?=[.．、][^\d])"), ""),
)
_SPACED_WORD = re.compile(r"[\u4e00-\u9fff](?:[ \u3000]{1,4}[\u4e00-\u9fff]){1,7}")
_STRAY_SPACE = re.compile(r"(?<=[\u4e00-\u9fff、,，])( )(?=[\u4e00-\u9fff])")
_PAGE_MARK = re.compile(r"(\d{1,3})、")
_CRUMBS = re.compile(
    r"(?:当前位置|您的位置|您?(?:现在|当前)?所在的?位置)\s*[:：].{0,400}?(?:微信|微博|QQ空间|打印|关闭|分享到?|收藏)(?:\s+(?:微信|微博|QQ空间|QQ|打印|关闭|收藏))*\s+"
)
_TITLE_ENDS = ("方案", "通知", "意见", "要点", "办法", "规定", "计划", "清单", "公告", "名单", "安排")
_PROSE = 40


def find_repairs(lines: Sequence[PlacedLine]) -> Iterator[Finding]:
    """Repairs of all content lines, in the order of the text."""
    content = [line for line in lines if line.kind in {"text", "heading", "table"} and line.text]
    marks = {finding[0]: finding for finding in _page_marks(content)}
    numbers = _scanned_numbers(content)
    last_second = max((index for index, line in enumerate(content) if _SECOND_ITEM.search(line.text)), default=-1)
    for index, line in enumerate(content):
        found = [*([marks[line.number]] if line.number in marks else []), *numbers.get(line.number, [])]
        found += _scanned_ones(line, index, last_second)
        found += [
            (line.number, hit.start(1), hit[1], read_as, rule) for rule, pattern, read_as in _SIMPLE for hit in pattern.finditer(line.text)
        ]
        crumbs = _CRUMBS.match(line.text)
        found += [(line.number, 0, crumbs[0], "", "site_furniture")] if crumbs else _spaces(line)
        yield from sorted(set(found))


def _page_marks(content: Sequence[PlacedLine]) -> Iterator[Finding]:
    """Download sites begin each page's text with "1、", "2、" …: all prose lines are so marked, and one is broken off in a sentence."""
    marked = [(line, mark) for line in content if (mark := _PAGE_MARK.match(line.text))]
    long = [line for line in content if len(line.text) > _PROSE]
    counted = [int(mark[1]) for _, mark in marked] == list(range(1, len(marked) + 1))
    broken_off = sum(not line.text.rstrip().endswith(("。", ":", ":", ";", ";", ")", ")")) for line, _ in marked[:-1])
    if len(marked) > 1 and counted and len(marked) >= len(long) and broken_off * 2 >= len(marked) - 1:
        yield from ((line.number, 0, mark[0], "", "page_marker") for line, mark in marked)


def _scanned_numbers(content: Sequence[PlacedLine]) -> dict[int, list[Finding]]:
    """A bracket with one odd character that stands where the next number is due: "(S)" after (二) is (三)."""
    found: dict[int, list[Finding]] = {}
    previous = 0
    for line in content:
        for hit in _BRACKETED.finditer(line.text):
            number = _value(hit[2])
            if number:
                previous = number
            elif previous < len(_DIGITS) and _LOOKS_LIKE.get(hit[2]) in {_DIGITS[previous], _DIGITS[0]}:
                reading = _LOOKS_LIKE[hit[2]]
                previous = _DIGITS.index(reading) + 1
                found.setdefault(line.number, []).append((line.number, hit.start(), hit[0], f"{hit[1]}{reading}{hit[3]}", "scanned_number"))
    return found


def _value(printed: str) -> int:
    """1 to 99 for Chinese numerals, 0 for anything else."""
    if not all(digit in _DIGITS for digit in printed):
        return 0
    tens, ten, ones = printed.rpartition("十")
    if not ten:
        return _DIGITS.index(printed) + 1 if len(printed) == 1 else 0
    return 10 * (_DIGITS.index(tens) + 1 if tens else 1) + (_DIGITS.index(ones) + 1 if ones else 0)


def _scanned_ones(line: PlacedLine, index: int, last_second: int) -> list[Finding]:
    """An "L" in "L加强" is "1." where an item 2 is still to come."""
    hits = [hit for hit in _SCANNED_ONE.finditer(line.text) if index < last_second or _SECOND_ITEM.search(line.text, hit.end())]
    return [(line.number, hit.start(1), hit[1], "1.", "scanned_one") for hit in hits]


def _spaces(line: PlacedLine) -> list[Finding]:
    """Spaces that line ends of a print left inside words: in long prose and in table cells, not between columns or after titles."""
    stripped = line.text.strip()
    if line.kind != "table" and _SPACED_WORD.fullmatch(stripped):
        return [(line.number, hit.start(), hit[0], "", "spaced_word") for hit in re.finditer(r"(?<=\S)[ \u3000]+(?=\S)", line.text)]
    if line.kind == "table":
        return [(line.number, hit.start(), hit[0], "", "stray_space") for hit in _STRAY_SPACE.finditer(line.text)]
    hits = list(_STRAY_SPACE.finditer(line.text))
    if len(stripped) < _PROSE or len(hits) * _PROSE > len(stripped) or not re.search("[,，。;；]", stripped):
        return []
    kept = [hit for hit in hits if not line.text[max(0, hit.start() - 2) : hit.start()].endswith(_TITLE_ENDS)]
    return [(line.number, hit.start(), hit[0], "", "stray_space") for hit in kept]
