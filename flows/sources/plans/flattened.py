"""Tables that became running text: `序号工作任务责任单位完成时限1加强…区政府办6月底前2…`, with blanks between cells or without.

The header is a run of header words, rows begin at the running numbers; rowcut.py cuts each row into its cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from flows.sources.plans.columns import header_role, is_target_table, is_task_table
from flows.sources.plans.fold import Flow
from flows.sources.plans.grid import Grid, cell_at
from flows.sources.plans.headers import HEADER, HeaderRun, still_there, table_end
from flows.sources.plans.lexicon import read_lexicon
from flows.sources.plans.names import SUFFIXES
from flows.sources.plans.rowcut import TIME, cut_row

_SUFFIX_END = re.compile(rf"(?:{SUFFIXES})(?:\([^()]*\))?$")
_ROW_START = re.compile(r"(?:(?![月日年个号次条项季周名家篇件处场]|万|亿)[\u4e00-\u9fff“《]|20\d\d年)")
_LONGEST_ROW = 1500
_NAME_AND_COUNT = re.compile(r"(?P<name>[\u4e00-\u9fff][\u4e00-\u9fff()、]{1,23})\n?(?P<count>\d{1,5}(?:-\d{1,5})?)(?=\D|$)")
_MEASURE = re.compile(r"\n?\([^()\n]{1,4}\)")
_FARTHEST_NAME = 40  # characters behind the count before


def read_flattened(flow: Flow, heads: Sequence[HeaderRun]) -> Iterator[tuple[Grid, int, int]]:
    """The table below each run of header words, with the stretch of the flow that it takes."""
    position = limit = 0
    for head in still_there(flow, heads):
        if head.start < position or len(head.words) < 3:  # noqa: PLR2004 -- two words beside each other head no table of numbered rows
            continue
        if head.end >= limit:  # else what ends the text behind the header before ends it behind this one too
            limit = table_end(flow.text, head.end)
        grid, position = _table(flow, head, limit)
        if grid is not None and grid.rows:
            yield grid, head.start, position


def _table(flow: Flow, head: HeaderRun, limit: int) -> tuple[Grid | None, int]:
    headers = head.words
    roles = [header_role(word) for word in headers]
    if is_target_table(roles):
        return _targets(flow, headers, head.end, limit)
    if not is_task_table(roles) or head.end >= limit:
        return None, head.end
    starts = [*_row_starts(flow, roles, head.end, limit)]
    if len(starts) < 2:  # noqa: PLR2004 -- one number does not make a table
        return None, head.end
    unknown = flow.text[head.end : starts[0][0]].strip("\n")
    if 2 <= len(unknown) <= 8 and unknown.isalpha():  # noqa: PLR2004 -- a last header that no list knows
        headers, roles = [*headers, unknown], [*roles, header_role(unknown) or "note"]
    grid = Grid(
        carries=False, roles=roles if roles[0] == "number" else ["number", *(role for role in roles if role != "number")], headers=headers
    )
    columns = grid.roles[1:]
    end = head.end
    lexicon = read_lexicon(flow.text, head.end, limit)
    for (start, body), following in zip(starts, [*(at for at, _ in starts[1:]), limit], strict=True):
        cells, end = cut_row(flow, columns, body, min(following, body + _LONGEST_ROW), lexicon, last=following == limit)
        grid.rows.append([cell_at(flow, start, body), *cells])
    return grid, end


def _row_starts(flow: Flow, roles: list[str | None], start: int, limit: int) -> Iterator[tuple[int, int]]:
    """Where 1, 2, 3, … begin rows: at the head of a line, after a blank, or after words that can end a row."""
    text = flow.text
    due: int | None = None
    last = next((role for role in reversed(roles) if role not in {"note", None}), None)
    position = reached = start
    while position < limit:
        farthest = min(limit, reached + 2 * _LONGEST_ROW)
        if due is not None and text.find(str(due), position, farthest) < 0:  # most tables end so, and this is ten times as fast
            return
        found = _row_number(due).search(text, position, farthest)
        if found is None:
            return
        position, at = found.end(), found.start(1)
        begins = at == start or text[at - 1] == "\n" or flow.is_gap(at)
        body = found.end() + (text[found.end() : found.end() + 1] in {".", "、"})
        ends_row = begins or _can_end(text, max(start, at - 40), at, last) or bool(HEADER.search(text, max(start, at - 60), at))
        if ends_row and _ROW_START.match(text[body : body + 5].lstrip("\n")):
            yield at, body
            due, reached = int(found.group(1)) + 1, body


@lru_cache(maxsize=1000)
def _row_number(due: int | None) -> re.Pattern[str]:
    """Finds the number that the next row must bear, 1 or 2 for the first; a count of three digits may stand glued before it."""
    return re.compile(rf"(?<!\d)(?:\d{{3}})*?(0{{0,2}}{'[12]' if due is None else due})(?!\d)")


def _can_end(text: str, start: int, end: int, role: str | None) -> bool:
    before = text[start:end]
    if role == "deadline":
        return bool(re.search(rf"(?:{TIME.pattern})$", before)) and not re.search(r"\d年$", before)
    if role in {"lead", "responsible"}:
        return bool(_SUFFIX_END.search(before)) or before.endswith(("等", "配合", "负责"))
    return before.endswith(("。", ";"))


def _targets(flow: Flow, headers: list[str], start: int, limit: int) -> tuple[Grid | None, int]:
    """Names and numbers by turns, whatever separates them; a row number in front of the next name is not of the count."""
    grid = Grid(["unit", "target"], headers)
    measure = _MEASURE.match(flow.text, start)  # 目标任务(条)
    end = start = measure.end() if measure else start
    numbered = header_role(headers[0]) == "number"
    for piece in _NAME_AND_COUNT.finditer(flow.text, start, limit):
        if piece.start() > end + _FARTHEST_NAME:
            break
        first, last = piece.span("count")
        gap = next((at for at in range(first + 1, last) if flow.is_gap(at)), None)
        following = str(len(grid.rows) + 2)
        if gap is not None:
            last = gap
        elif numbered and last - first > len(following) and flow.text.endswith(following, first, last) and last < limit:
            last -= len(following)
        grid.rows.append([cell_at(flow, *piece.span("name")), cell_at(flow, first, last)])
        end = last
    return grid, end
