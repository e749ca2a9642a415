"""Tables in running text whose rows carry no number: each row ends at its last cell, the names of its units or its time.

`…提出意见区甲局牵头,区乙局配合2016年6月底前…` ends at the units and what they do; `编制目录区甲局6月底前汇编政策区乙局…` at a time behind names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from flows.sources.plans.columns import header_role, is_task_table
from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.headers import HeaderRun, still_there, table_end
from flows.sources.plans.lexicon import Lexicon, name_worth, read_lexicon
from flows.sources.plans.names import SUFFIXES
from flows.sources.plans.rowcut import DOES, TIME, cut_row
from flows.sources.plans.taskgrid import TaskGrid, cell_at

_ROLE = re.compile(
    r"(?:分别|共同|联合|具体|按职责)*(?:牵头|配合|负责|落实|参与|协助)(?:落实|负责|实施|督导|推进|组织)*"
    r"|(?<=[局委办会府镇乡心门位厅站])(?=(?:20\d\d年)?\d{1,2}月(?:[底末]|\d{1,2}日)?前)"  # …养殖场区农业局2016年6月底前…: names, then the next row's date
)
# where what is to be done begins, behind the words of a column for what is wrong
_ACTION = re.compile(
    r"(?:20\d\d年)?\d{1,2}月(?:[底末]|\d{1,2}日)?前|20\d\d年底前|年底前|组织|开展|清理|加强(?!不)|制定|划定|编制|建立(?!不)|完善(?!不)|严格|严肃|加快|加大|督促|责令|全面|启动|拆除|关闭"
)
_NAMES_END = re.compile(rf"(?:{SUFFIXES})+(?:\([^()]{{1,20}}\))?(?![、,;()])")
_NAME_END = re.compile(rf"(?:{SUFFIXES})(?:\([^()]{{1,20}}\))?$")
_WHERE = re.compile(r"(?:沿[线海江河湖]|辖区|所在|涉及|属地|相关|有关)$")  # 沿线各镇
_GOES_ON = frozenset("、,的")
_ASKED = frozenset("由与和及按请,将经照据到对向")  # 由甲局牵头 is a sentence
_LONGEST_NAME = 24
_FEWEST_ROWS = 3
_LONGEST_ROW = 1500
_MOST_TRIED = 20  # headers: a text that repeats header words costs no more
_FEWEST_TIMED_ROWS = 2  # a name and a time behind it are surer than a name alone


def read_closed(flow: NormalizedText, heads: Sequence[HeaderRun]) -> Iterator[tuple[TaskGrid, int, int]]:
    """Each such table with the stretch of the flow that it takes; `heads` are the runs of header words."""
    reached = 0
    for head in islice(still_there(flow, heads), _MOST_TRIED):
        roles = [role for word in head.words if (role := header_role(word)) != "number"]
        if head.start < reached or not is_task_table(roles):
            continue
        limit = table_end(flow.text, head.end)
        if roles[-1] in {"lead", "responsible"}:
            grid, end = _closed_by_units(flow, head, roles, limit)
        elif roles[-1] == "deadline":
            grid, end = _closed_by_times(flow, head, roles, limit)
        else:
            continue
        if grid.rows:
            yield grid, head.start, end
            reached = end


def _closed_by_times(flow: NormalizedText, head: HeaderRun, roles: list[str | None], limit: int) -> tuple[TaskGrid, int]:
    lexicon = read_lexicon(flow.text, head.end, limit)
    grid = TaskGrid(roles, head.words[-len(roles) :], rule="glued_cells", carries=False)
    first = head.end
    for time in TIME.finditer(flow.text, head.end, limit):
        if time.start() - first > _LONGEST_ROW:
            break
        if first < time.start() and (
            flow.is_gap(time.start()) or _NAME_END.search(flow.text, max(first, time.start() - _LONGEST_NAME), time.start())
        ):
            cells, first = cut_row(flow, roles, first, time.end(), lexicon, last=False)
            grid.rows.append(cells)
    if len(grid.rows) < _FEWEST_TIMED_ROWS or not all(row[-1] and any(row[:-1]) for row in grid.rows):
        grid.rows.clear()
    return grid, first


def _closed_by_units(flow: NormalizedText, head: HeaderRun, roles: list[str | None], limit: int) -> tuple[TaskGrid, int]:
    lexicon = read_lexicon(flow.text, head.end, limit)
    for cells in (_unit_cells, _bare_unit_cells):
        grid = TaskGrid(["task", roles[-1]], head.words[-2:], rule="glued_cells", carries=False)
        first = head.end
        troubled = any(role == "head" for role in roles[:-2])
        for left, right in cells(flow.text, head.end, limit, lexicon):
            action = _ACTION.search(flow.text, first, left) if troubled else None
            grid.rows.append([cell_at(flow, action.start() if action else first, left), cell_at(flow, left, right)])
            first = right
        if len(grid.rows) >= _FEWEST_ROWS:
            return grid, first
    return TaskGrid(roles, head.words), head.end


def _unit_cells(text: str, start: int, limit: int, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Stretches such as `甲局牵头,乙局配合` that no comma carries on; what follows begins the next row."""
    first: int | None = None
    last = start
    for role in _ROLE.finditer(text, start, limit):
        if role.start() - last > _LONGEST_ROW:
            return
        left = _names_start(text, max(last, role.start() - 120), role.start(), lexicon)
        if left is None:
            continue
        if first is None or left != last + 1 or text[last] not in ",;":
            if text[left - 1] in _ASKED:
                continue
            first = left
        last = role.end()
        if text[last : last + 1] in {",", ";"} and _goes_on(text, last + 1, limit, lexicon):
            continue
        if text[last : last + 1] not in _GOES_ON:
            yield first, last
        first = None


def _bare_unit_cells(text: str, start: int, limit: int, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Lists of names that begin as names do here and are followed at once by what is to be done next: `…目录区甲局、区乙局完善…`."""
    last = start
    for name in _NAMES_END.finditer(text, start, limit):
        if name.end() - last > _LONGEST_ROW:
            return
        left = _names_start(text, max(last, name.end() - 120), name.end(), lexicon)
        if left is None or left <= last or text[left - 1] in _ASKED or not lexicon.begins.match(text, left):
            continue
        if name.end() == limit or text[name.end()] == "\n" or DOES.match(text, name.end()):
            yield left, name.end()
            last = name.end()


def _goes_on(text: str, start: int, limit: int, lexicon: Lexicon) -> bool:
    """True where names and what they do follow at once."""
    role = _ROLE.search(text, start, min(limit, start + 120))
    return role is not None and _names_start(text, start, role.start(), lexicon) == start


def _names_start(text: str, start: int, end: int, lexicon: Lexicon) -> int | None:
    """Where the list of names that ends at `end` begins; None where no name ends there."""
    first: int | None = None
    while (name := _name_start(text, start, end, lexicon)) is not None:
        first = name
        if first - 1 <= start or text[first - 1] != "、":
            break
        end = first - 1
    return first


def _name_start(text: str, start: int, end: int, lexicon: Lexicon) -> int | None:
    """The likeliest beginning of the one name that ends at `end`: known elsewhere, behind a separator, or as names begin here."""
    window = max(start, end - _LONGEST_NAME)
    if not _NAME_END.search(text, window, end):
        return None
    parted = max(text.rfind(sign, window, end) for sign in "、,;。\n") + 1
    left = max(window, parted)
    begins = [at for at in range(left, end - 1) if lexicon.begins.match(text, at)] or [left] * (parted > window)
    worth = {at: name_worth(text[at:end], lexicon) for at in begins}
    if not worth or max(worth.values()) <= 0:
        return None
    best = max(worth, key=lambda at: (worth[at], -at))
    where = _WHERE.search(text, left, best)
    return where.start() if where else best
