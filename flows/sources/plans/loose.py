"""Tables in running text that numbers and known headers do not give away: rows told by their units, and headers of words of their own.

Where rows carry no number, each ends at its units (`…提出意见区甲局牵头,区乙局配合2016年6月底前…`). Where a header has words that
no list knows but blanks part its cells and numbers run on, rows begin at the numbers; what stands under which column is told by their
count alone, and where that does not agree only the task's name is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise

from flows.sources.plans.columns import header_role, header_roles, is_task_table
from flows.sources.plans.fold import Flow
from flows.sources.plans.grid import Cell, Grid, cell_at
from flows.sources.plans.headers import WORD, still_there, table_end
from flows.sources.plans.lexicon import Lexicon, name_worth, read_lexicon
from flows.sources.plans.units import SUFFIXES

_ROLE = re.compile(
    r"(?:分别|共同|联合|具体|按职责)*(?:牵头|配合|负责|落实|参与|协助)(?:落实|负责|实施|督导|推进|组织)*"
    r"|(?<=[局委办会府镇乡心门位厅站])(?=(?:20\d\d年)?\d{1,2}月(?:[底末]|\d{1,2}日)?前)"  # …养殖场区农业局2016年6月底前…: names, then the next row's date
)
# where what is to be done begins, behind the words of a column for what is wrong
_ACTION = re.compile(
    r"(?:20\d\d年)?\d{1,2}月(?:[底末]|\d{1,2}日)?前|20\d\d年底前|年底前|组织|开展|清理|加强(?!不)|制定|划定|编制|建立(?!不)|完善(?!不)|严格|严肃|加快|加大|督促|责令|全面|启动|拆除|关闭"
)
_NAME_END = re.compile(rf"(?:{SUFFIXES})(?:\([^()]{{1,20}}\))?$")
_WHERE = re.compile(r"(?:沿[线海江河湖]|辖区|所在|涉及|属地|相关|有关)$")  # 沿线各镇
_GOES_ON = frozenset("、,的")
_ASKED = frozenset("由与和及按请,将经照据到对向")  # 由甲局牵头 is a sentence
_LONGEST_NAME = 24
_FEWEST_ROWS = 3
_LONGEST_ROW = 1500
_MOST_TRIED = 20  # headers: a text that repeats header words costs no more
_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)")
_FIRST_COLUMN = re.compile(r"序号|编号|项次")
_LONGEST_HEADER = 18  # characters of one header word
_MOST_COLUMNS = 14
_LONGEST_ROW_OF_PIECES = 60


def read_loose(flow: Flow, heads: Sequence[re.Match[str]]) -> Iterator[tuple[Grid, int, int]]:
    """Each such table with the stretch of the flow that it takes; `heads` are the runs of known header words."""
    for found in (*_headed_by_blanks(flow), *_closed_by_units(flow, heads)):
        if found[0].rows:
            yield found


# --- rows that end at their units -----------------------------------------------------------------------------------------


def _closed_by_units(flow: Flow, heads: Sequence[re.Match[str]]) -> Iterator[tuple[Grid, int, int]]:
    reached = 0
    for head in islice(still_there(flow, heads), _MOST_TRIED):
        headers = WORD.findall(head.group())
        roles = [header_role(word) for word in headers]
        if head.start() < reached or roles[-1] not in {"lead", "responsible"} or not is_task_table(roles):
            continue
        limit = table_end(flow.text, head.end())
        lexicon = read_lexicon(flow.text, head.end(), limit)
        grid = Grid(["task", roles[-1]], [headers[-2], headers[-1]], carries=False)
        end = first = head.end()
        troubled = any(role == "head" for role in roles[:-2])
        for left, right in _unit_cells(flow.text, head.end(), limit, lexicon):
            action = _ACTION.search(flow.text, first, left) if troubled else None
            grid.rows.append([cell_at(flow, action.start() if action else first, left), cell_at(flow, left, right)])
            end = first = right
        if len(grid.rows) >= _FEWEST_ROWS:
            yield grid, head.start(), end
            reached = end


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


# --- headers of words of their own ----------------------------------------------------------------------------------------


def _headed_by_blanks(flow: Flow) -> Iterator[tuple[Grid, int, int]]:
    firsts = (one for one in _FIRST_COLUMN.finditer(flow.text) if _begins_piece(flow, one.start()) and _begins_piece(flow, one.end()))
    reached = 0
    for found in islice(firsts, _MOST_TRIED):
        if found.start() < reached:
            continue
        pieces = _pieces(flow, found.start(), table_end(flow.text, found.end()))
        first = [*islice(pieces, _MOST_COLUMNS)]
        headers = _header([flow.text[a:b] for a, b in first])
        roles = header_roles(headers) if len(headers) > 2 else None  # noqa: PLR2004 -- two words are no header
        if roles is None or not is_task_table(roles):
            continue
        grid, end = _rows(flow, Grid(roles, headers, carries=False), chain(first[len(headers) :], pieces))
        if len(grid.rows) > 1:
            yield grid, found.start(), end
            reached = end


def _begins_piece(flow: Flow, at: int) -> bool:
    return at in {0, len(flow.text)} or flow.text[at - 1] == "\n" or flow.is_gap(at)


def _pieces(flow: Flow, start: int, limit: int) -> Iterator[tuple[int, int]]:
    """What stands between printed blanks and line ends."""
    inner = (at for at in range(start + 1, limit) if flow.text[at - 1] == "\n" or flow.is_gap(at))
    for left, right in pairwise(chain((start,), inner, (limit,))):
        end = right - (flow.text[right - 1] == "\n")
        if end > left:
            yield left, end


def _header(words: Sequence[str]) -> list[str]:
    """The words up to the first number or section; none where one of them is too long to head a column."""
    end = next((at for at, word in enumerate(words) if word.isdecimal() or _SECTION.match(word)), 0)
    return [*words[:end]] if all(len(word) <= _LONGEST_HEADER for word in words[:end]) else []


def _rows(flow: Flow, grid: Grid, pieces: Iterable[tuple[int, int]]) -> tuple[Grid, int]:
    """Rows begin at 1, 2, 3, … standing alone; a section's heading ends the row before it."""
    end = 0
    row: list[tuple[int, int]] = []
    due: int | None = None
    for piece in chain(pieces, (None,)):
        if len(row) > _LONGEST_ROW_OF_PIECES:
            break
        word = flow.text[slice(*piece)] if piece else ""
        begins = word.isdecimal() and len(word) < 4 and (int(word) == due if due is not None else int(word) <= 2)  # noqa: PLR2004 -- a table begins with 1, an extract perhaps with 2
        if row and (piece is None or begins or _SECTION.match(word)):
            grid.rows.append(_row(flow, grid, row))
            end, row = row[min(len(row), len(grid.roles)) - 1][1], []
        if piece and begins:
            row, due = [piece], int(word) + 1
        elif piece and row:
            row.append(piece)
    return grid, end


def _row(flow: Flow, grid: Grid, pieces: list[tuple[int, int]]) -> list[Cell | None]:
    """The cells by place where there are as many as columns; else the number and the first words, which name the task."""
    cells = [cell_at(flow, *piece) for piece in pieces]
    if len(cells) == len(grid.roles):
        return cells
    row: list[Cell | None] = [None] * len(grid.roles)
    row[0] = cells[0]
    if len(cells) > 1:
        row[next(column for column, role in enumerate(grid.roles) if role in {"task", "head", "detail"})] = cells[1]
    return row
