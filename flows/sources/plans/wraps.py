"""Where a line break is only a soft wrap: told from how the whole document parts its paragraphs.

Some documents part them by blank lines, some wrap lines at a right edge, most give each paragraph one line. A line that begins with
a number, a label or an attachment's name begins anew whatever the habit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.sources.plans.text import Line, Repair

_NEARLY_ALL = 0.6
_FEW = 3  # breaks from which a habit can be told
_SHORTEST_WRAPPED = 20  # a shorter line between blank lines is whole: a site's name, a heading
_SHORTEST_TITLE = 8  # characters of a line that is printed twice
_NEVER_FIRST = frozenset("。,;、")  # signs that begin no line
_CLOSES = re.compile(r"[^()\n]{0,40}\)")
_CLOSES_SQUARE = re.compile(r"[^〔〕\n]{0,40}〕")
_HALF_NUMBER = re.compile(r"\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\)")
_BEHIND_DIGITS = frozenset("月日年号%个项次")
_STARTS_ANEW = re.compile(
    r"[\s]*(?:[一二三四五六七八九十百]{1,4}[、.]|\([一二三四五六七八九十百\dSs]{1,4}\)|\d{1,3}[.、)](?!\d)|[①-⑳]|第[一二三四五六七八九十百]+[章条部]"
    r"|附[件表]|(?:重点|工作|主要)?(?:任务|事项|举措|措施|行动)[一二三四五六七八九十\d]{1,3}[:、.]|\(?(?:牵头|责任|配合|协办|主办|承办|完成|实施)[^\s:]{0,6}:|-{2,}|[●◆■]|抄送|(?:19|20)\d\d年\d{1,2}月\d{1,2}日[^\S\n]*(?:\n|$)|各[^。\n]{1,40}:[^\S\n]*(?:\n|$)|\(此件"
    # who signs, right above the day
    r"|[\u4e00-\u9fff \u3000]{4,40}(?:[局委办厅院会]|政府|办公室|中心|公司)[^\S\n]*\n\s*(?:(?:19|20)\d\d|二[\u4e00-\u9fff〇○Oo0]{3})年)"
)


@dataclass(frozen=True, slots=True)
class Wraps:
    """How this document separates paragraphs: by blank lines, by lines that end before the right edge, or each on a line of its own."""

    by_blank_lines: bool
    width: int | None
    folded: str

    @classmethod
    def of(cls, lines: Sequence[Line], folded: str) -> Wraps:
        """Read the habits of the whole document; a right edge is a width that many lines reach and hardly any passes."""
        gaps = [after.number - before.number for before, after in pairwise(lines)]
        spaced = sum(gap > 1 for gap in gaps)
        broken_off = [len(line.text.rstrip()) for line in lines if not line.text.rstrip().endswith(tuple("。：:；;）)！!？?"))]
        width = _right_edge([len(line.text.rstrip()) for line in lines], broken_off)
        return cls(len(gaps) >= _FEW and spaced > 0.5 * len(gaps), width, folded)

    def joins(self, before: Line, after: Line, repairs: dict[int, list[Repair]]) -> bool:
        """True where the break between two lines is a soft wrap and not the end of a paragraph."""
        if any(
            repair.rule.startswith("page") and not self.folded[after.offset : repair.start].strip()
            for repair in repairs.get(after.number, ())
        ):
            return True
        tail = self.folded[before.offset : before.offset + len(before.text)].rstrip()
        head = self.folded[after.offset : after.offset + 60]
        if _torn(tail, head):
            return True
        if (
            _is_repeated(tail, head)
            or _STARTS_ANEW.match(head)
            or before.kind == "heading"
            or after.kind == "heading"
            or "table" in {before.kind, after.kind}
        ):
            return False
        if self.by_blank_lines:
            return after.number == before.number + 1 and len(before.text.strip()) >= _SHORTEST_WRAPPED
        if tail.endswith(("、", ",", "(", "《", "“")) or tail.rfind("(") > tail.rfind(")"):
            return True
        return self.width is not None and len(before.text.rstrip()) >= self.width - 2 and not tail.endswith(("。", ":", ";", "!", "?"))


def _is_repeated(tail: str, head: str) -> bool:
    """True for the document's title below the site's, which may have the site's name behind it."""
    line = head.partition("\n")[0].strip()
    return min(len(tail), len(line)) >= _SHORTEST_TITLE and (tail.strip().startswith(line) or line.startswith(tail.strip()))


def _torn(tail: str, head: str) -> bool:
    """True where a line end stands inside a date (2022年8 / 月底前) or inside a bracket that was opened in this line or farther above."""
    if head[:1] in _NEVER_FIRST or tail.endswith("(") or (tail[-1:].isdigit() and head[:1] in _BEHIND_DIGITS):
        return True
    if tail.rfind("〔") > tail.rfind("〕") and _CLOSES_SQUARE.match(head):
        return True
    if not _CLOSES.match(head):
        return False
    if tail.rfind("(") > tail.rfind(")"):
        return True
    return not (_STARTS_ANEW.match(head) or _HALF_NUMBER.match(head) or tail.endswith(("。", ":", "；", ";", ")")))


def _right_edge(lengths: Sequence[int], broken_off: Sequence[int], shortest: int = 14, farthest: int = 80) -> int | None:
    """The width that an eighth of all lines reach without ending a sentence and hardly any line passes."""
    counts: dict[int, int] = {}
    for length in broken_off:
        counts[length] = counts.get(length, 0) + 1
    best, share = None, 0.0
    for width in counts:
        near = sum(counts.get(near, 0) for near in range(width - 2, width + 1))
        if shortest <= width <= farthest and near > share:
            best, share = width, near
    if best is None or share < max(3, 0.12 * len(lengths)):
        longest = max(lengths, default=0)  # of a few lines: nearly all that end without a stop are as long as the longest
        alike = counts.get(longest, 0)
        return longest if alike > 1 and shortest <= longest <= farthest and alike >= _NEARLY_ALL * len(broken_off) else None
    beyond = sum(length > best + 2 for length in lengths)
    return best if beyond <= 0.1 * len(lengths) else None
