"""Lists of units that a plan encloses (附件1 单位名单): one name after the other, whatever parts them, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.lexicon import Lexicon, glued_places, read_lexicon
from flows.sources.plans.names import looks_like_unit
from flows.sources.plans.parts import Part, tail_after

_UNIT_LIST = re.compile(r"(?:单位|部门|机构|机关)(?:名单|名录|一览表|目录|列表)")
_ROSTER = re.compile(r"领导小组|组成人员|人员名单|联络员名单|小组名单|成员名单")
_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)")
_GROUP = re.compile(
    r"[市区县州省]?直?(?:属)?(?:各)?(?:部门|单位|机关|企业|学校|机构)(?:\([^()]*\))?|(?:各)?(?:乡镇|镇|乡|街道|镇街)[^县市区]{0,8}|事业单位|国有企业"
)
_NUMBER = re.compile(r"\d{1,3}[.、|]?")
_SIGNS = re.compile(r"[\n、,;|/]")
Span = tuple[int, int]


def is_unit_list(part: Part) -> bool:
    return bool(_UNIT_LIST.search(part.title)) and not _ROSTER.search(part.title)


def read_unit_list(flow: NormalizedText, part: Part) -> list[Span]:
    """The places of the names in an attachment that lists units, in order."""
    text = flow.text
    first_line = text.find("\n", part.start + 1, part.end)
    named = _UNIT_LIST.search(text, part.start, part.end)
    start = named.end() if named and (first_line < 0 or named.end() < first_line) else max(first_line, part.start)
    end = tail_after(text, start, part.end)
    sentence = text.find("。", start, end)
    end = sentence if sentence > 0 else end
    lexicon = read_lexicon(text, start, end)
    return [span for piece in _pieces(flow, start, end) for span in _names(text, piece, lexicon) if looks_like_unit(text[slice(*span)])]


def _pieces(flow: NormalizedText, start: int, end: int) -> Iterator[Span]:
    """What stands between signs, line ends, headings and printed blanks, but for signs inside brackets."""
    headings = [found.span() for found in _HEADING.finditer(flow.text, start, end)]
    cuts = {start, end, *(first for first, _ in headings)}
    of_headings = {last - 1 for _, last in headings}
    for sign in _SIGNS.finditer(flow.text, start, end):
        if sign.start() not in of_headings and flow.text.rfind("(", start, sign.start()) <= flow.text.rfind(")", start, sign.start()):
            cuts |= {sign.start(), sign.end()}
    for left, right in pairwise(sorted(cuts)):
        if not _SIGNS.fullmatch(flow.text, left, right):
            yield from _at_blanks(flow, left, right)


def _at_blanks(flow: NormalizedText, start: int, end: int) -> Iterator[Span]:
    """A piece parted at the blanks behind which a name ends and the next one begins; a blank inside a name parts nothing."""
    edges = [*flow.gaps(start, end), end]
    for gap, following in pairwise(edges):
        if looks_like_unit(flow.text[start:gap]) and looks_like_unit(flow.text[gap:following]):
            yield start, gap
            start = gap
    yield start, end


def _names(text: str, piece: Span, lexicon: Lexicon) -> Iterator[Span]:
    """The names of one piece without their running number; the name of a group (一、区直单位) is none."""
    start, end = piece
    heading = _HEADING.match(text, start, end)
    number = heading or _NUMBER.match(text, start, end)
    start = number.end() if number else start
    edges = [start, *(start + at for at in glued_places(text[start:end], lexicon)), end]
    for left, right in pairwise(edges):
        if not (heading and left == start and _GROUP.fullmatch(text, left, right)):
            yield left, right
