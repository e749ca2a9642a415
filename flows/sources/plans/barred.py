"""Tables of bars whose line ends were lost: `…任务表序号 | 任务 | 单位 |1 | 公开… | 甲局 |2 | …` on one line.

The header is a run of header words between bars, the first of which may be glued to a title. Rows begin at 1, 2, 3 …, which may be glued to
the last cell of the row before; without numbers they are as wide as the header.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from flows.sources.plans.columns import (
    TEXT_ROLES,
    UNIT_ROLES,
    cell_fits,
    completed_roles,
    header_role,
    header_roles,
    is_target_table,
    is_task_table,
    spanned_headers,
)
from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.headers import ENDS_IN_HEADER
from flows.sources.plans.names import SUFFIXES
from flows.sources.plans.rowcut import TIME, worth_of_rows
from flows.sources.plans.stacked import rows_of
from flows.sources.plans.taskgrid import TableCell, TaskGrid, align, cell_at
from flows.sources.plans.unnumbered import SECTION

_LINE = re.compile(r"[^\n]+")
_BAR = re.compile(r"[|┌┬┐├┼┤└┴┘─━]+")
_RULE = re.compile(r":?-{2,}:?")  # what parts header and rows in Markdown; folding makes - of ─
_NUMBER = re.compile(r"(\d{1,3})$")
_ITEM = re.compile(r"(\d{1,3})[.、](?!\d)")
_BEHIND_TITLE = re.compile(r"(?<=[表单:。)])[\u4e00-\u9fff]{2,10}$")  # …安排表行业名称: a word that no list knows, known words behind it
_FEWEST_BARS = 6
_MOST_COLUMNS = 12
_LONGEST_HEADER = 14
_LONGEST_CELL = 1500
_NARROWEST = 3  # columns: two words are no header
_FIRST_NUMBERS = 2  # a table begins with 1, an extract of one perhaps with 2
_IS_NAMES = 0.8  # share of a cell's parts that read as what its column holds: nearly every one
_NAME_END = re.compile(rf"(?:{SUFFIXES})(?:\([^()]*\))?|负责|配合|落实|牵头")
Span = tuple[int, int]


def read_barred(flow: NormalizedText) -> Iterator[tuple[TaskGrid, int, int]]:
    """Each such table with the stretch of the flow that it takes."""
    for line in _LINE.finditer(flow.text):
        if flow.text.count("|", line.start(), line.end()) < _FEWEST_BARS:
            continue
        pieces = _pieces(flow.text, line.start(), line.end())
        at = 0
        while at < len(pieces):
            found = _table(flow, pieces, at)
            if found is None:
                at += 1
                continue
            grid, start, end = found
            yield grid, start, end
            at = next((later for later in range(at + 1, len(pieces)) if pieces[later][1] > end), len(pieces))


def _pieces(text: str, start: int, end: int) -> list[Span]:
    """What stands between bars, empty pieces too."""
    spans: list[Span] = []
    left = start
    for bar in _BAR.finditer(text, start, end):
        spans.append((left, bar.start()))
        spans += [(at, at) for at in range(bar.start() + 1, bar.end())] if set(bar.group()) == {"|"} else []
        left = bar.end()
    return [*(span for span in spans if not _RULE.fullmatch(text, *span)), (left, end)]


def _table(flow: NormalizedText, pieces: Sequence[Span], at: int) -> tuple[TaskGrid, int, int] | None:
    """The table whose header begins with the piece `at`, or with the words that end it."""
    head = _header(flow.text, pieces, at)
    if head is None:
        return None
    start, words, body = head
    cells = [*_cells(flow, body, numbered="序号" in words[0] or words[0] == "编号")]
    roles = header_roles(words) or []
    rows = [[cell.text for cell in cells if cell.text][first : first + len(words)] for first in range(0, 12 * len(words), len(words))]
    roles = completed_roles(words, roles, [row for row in rows if len(row) == len(words)])
    if not (is_task_table(roles) or is_target_table(roles)):
        return None
    grid = TaskGrid(roles, words)
    numbers = _running(cells, _NUMBER)
    if len(numbers) > 1 or (numbers and "number" in roles):
        _numbered(_with_number(grid, cells, numbers), cells, numbers)
    elif len(items := _running(cells, _ITEM)) > 1:
        _by_items(grid, cells, items)
    else:
        while len(grid.roles) >= _NARROWEST and grid.roles[-1] in {"note", None}:  # a column of remarks that the rows leave empty
            grid.roles, grid.headers = grid.roles[:-1], grid.headers[:-1]
        rows_of(grid, [cell for cell in cells if cell.text])
    if not grid.rows or (worth_of_rows(grid) <= 0 and not is_target_table(roles)):
        return None
    return grid, start, _end(flow, grid)


def _header(text: str, pieces: Sequence[Span], at: int) -> tuple[int, list[str], list[Span]] | None:
    """Where the header begins, its words, and the pieces behind it, of which the first may be the rest of its last piece."""
    first = pieces[at]
    glued = ENDS_IN_HEADER.search(text, max(first[0], first[1] - _LONGEST_HEADER), first[1])
    if glued is None and all(header_role(text[slice(*piece)]) for piece in pieces[at + 1 : at + 3]) and len(pieces) > at + 2:
        glued = _BEHIND_TITLE.search(text, max(first[0], first[1] - 2 * _LONGEST_HEADER), first[1])
    if first[0] == first[1] or not (glued or (at and header_role(text[slice(*first)]))):
        return None
    whole = at > 0 and header_role(text[slice(*first)]) is not None
    start = first[0] if whole or glued is None else glued.start()
    words = [text[start : first[1]]]
    behind = next((later for later in range(at + 1, len(pieces)) if not _heads(text, pieces, later)), len(pieces))
    words += [text[slice(*piece)] for piece in pieces[at + 1 : min(behind, at + _MOST_COLUMNS)]]
    whole_rows = _two_rows(words)
    filled = next((count for count, word in enumerate(words) if not word), len(words))
    whole_rows = whole_rows or _parted_header(text, words, pieces[behind:])
    if whole_rows is not None:
        return start, whole_rows, [*pieces[behind:]]
    rest = _begins_with_header(text, pieces[behind]) if behind < len(pieces) and filled == len(words) else None
    if rest is not None:  # …|完成时限1|
        words.append(text[pieces[behind][0] : rest])
        return (start, words, [(rest, pieces[behind][1]), *pieces[behind + 1 :]]) if len(words) >= _NARROWEST else None
    return (start, words[:filled], [*pieces[at + filled :]]) if filled >= _NARROWEST else None


def _heads(text: str, pieces: Sequence[Span], at: int) -> bool:
    """True for a word of a header, one that only its neighbour shows to be one, and a cell that the header leaves empty."""
    word = text[slice(*pieces[at])]
    return not word or (
        len(word) <= _LONGEST_HEADER and not _NUMBER.match(word) and bool(header_role(word) or _known_after(text, pieces, at))
    )


def _two_rows(words: Sequence[str]) -> list[str] | None:
    """The words of two header rows put together, the lower ones first: 牵头单位 and 配合单位 below 责任分工."""
    half = len(words) // 2
    if len(words) % 2 or words[half] or sum(map(bool, words[half:])) < 2:  # noqa: PLR2004 -- one word spans no columns below it
        return None
    merged = [below or above for above, below in zip(words[:half], words[half:], strict=True)]
    merged = merged[:-1] if not merged[-1] else merged  # rows inside bars: the bars of two rows meet
    return merged if all(merged) and header_roles(merged) else None


def _parted_header(text: str, words: Sequence[str], pieces: Sequence[Span]) -> list[str] | None:
    """The words of two header rows of which the lower one is printed without the cells it leaves empty; its first numbered row tells the width."""
    upper = next((count for count, word in enumerate(words) if not word), len(words))
    cells = [cell for piece in pieces if (cell := text[slice(*piece)])]
    if cells[:1] != ["1"] or "2" not in cells:
        return None
    return spanned_headers(words[:upper], [word for word in words[upper:] if word], [cells[: cells.index("2")]])


def _known_after(text: str, pieces: Sequence[Span], at: int) -> bool:
    """True for an unknown word with a known one right behind it."""
    return at + 1 < len(pieces) and header_role(text[slice(*pieces[at + 1])]) is not None and "。" not in text[slice(*pieces[at])]


def _begins_with_header(text: str, piece: Span) -> int | None:
    """Where a header word ends that the first cell of the next row is glued to."""
    ends = range(min(piece[1] - 1, piece[0] + _LONGEST_HEADER), piece[0] + 1, -1)
    return next(
        (end for end in ends if header_role(text[piece[0] : end]) in UNIT_ROLES | {"deadline", "note"} and text[end].isdigit()), None
    )


def _cells(flow: NormalizedText, pieces: Sequence[Span], *, numbered: bool) -> Iterator[TableCell]:
    """The pieces as cells; a number that a row begins with is parted from the last cell of the row before."""
    due = 1
    for start, end in pieces:
        if end - start > _LONGEST_CELL:
            return
        text = flow.text[start:end]
        if text == str(due):
            due += 1
        elif numbered and due > 1 and text.endswith(str(due)) and not text[-len(str(due)) - 1].isdigit():
            number = end - len(str(due))
            yield from (_cell(flow, start, number), _cell(flow, number, end))
            due += 1
            continue
        yield _cell(flow, start, end)


def _cell(flow: NormalizedText, start: int, end: int) -> TableCell:
    return cell_at(flow, start, end) or TableCell((flow.span(start, start),), "", at=(start, start))


def _running(cells: Sequence[TableCell], form: re.Pattern[str]) -> list[int]:
    """Where 1, 2, 3 … stand in this form; an extract may begin with 2."""
    found: list[int] = []
    due: int | None = None
    for at, cell in enumerate(cells):
        number = form.match(cell.text)
        if number and (int(number[1]) == due or (due is None and int(number[1]) <= _FIRST_NUMBERS)):
            found.append(at)
            due = int(number[1]) + 1
    return found


def _with_number(grid: TaskGrid, cells: Sequence[TableCell], numbers: Sequence[int]) -> TaskGrid:
    """The grid with a column for its numbers where the header names none, or names another count before it."""
    heads = sum(1 for cell in cells[: numbers[0]] if cell.text)
    if "number" in grid.roles:
        own = next((at for at, role in enumerate(grid.roles) if role == "number" and at >= heads), grid.roles.index("number"))
        grid.roles = ["head" if role == "number" and at < own else role for at, role in enumerate(grid.roles)]
        return grid
    between = [sum(1 for cell in cells[at + 1 : following] if cell.text) for at, following in pairwise([*numbers, len(cells)])]
    before = max(0, len(grid.roles) - min(between[:-1] or between))  # the last row may have been cut
    spanned = max(0, heads - before)  # columns under the first header word, beside the one that bears it
    grid.roles = [*["head"] * spanned, *grid.roles[:before], "number", *grid.roles[before:]]
    grid.headers = [*[""] * spanned, *grid.headers[:before], "", *grid.headers[before:]]
    return grid


def _numbered(grid: TaskGrid, cells: Sequence[TableCell], numbers: Sequence[int]) -> None:
    """Rows from number to number; what stands before a number beyond the row before is a heading: its column's or a section's."""
    before = next(at for at, role in enumerate(grid.roles) if role == "number")
    after = grid.roles[before + 1 :]
    heads = [cell for cell in cells[: numbers[0]] if cell.text]
    for at, following in pairwise([*numbers, len(cells)]):
        own, rest = _own_cells(after, [*cells[at + 1 : following]], last=following == len(cells))
        if not own:
            break
        if heads and not before:
            grid.sections[len(grid.rows)] = heads[-1]
        shown = heads[-before:] if before else []
        grid.rows.append([*[None] * (before - len(shown)), *shown, cells[at], *align(after, own)])
        heads = rest


def _by_items(grid: TaskGrid, cells: Sequence[TableCell], items: Sequence[int]) -> None:
    """Rows that begin with the number inside their task: `一、做好公开 | 1.公开预算。 | 财务科 | 6月底前`."""
    first = max((at for at, role in enumerate(grid.roles) if role in TEXT_ROLES), default=0)
    widths = Counter(sum(bool(cell.text) for cell in cells[at:following]) for at, following in pairwise(items))
    usual = len(grid.roles) - widths.most_common(1)[0][0]  # where the rows are as wide as the columns behind
    first = usual if 0 <= usual < first and grid.roles[usual] in TEXT_ROLES else first
    for at, following in pairwise([*items, len(cells)]):
        own, _ = _own_cells(grid.roles[first:], [*cells[at:following]], last=following == len(cells))
        grid.rows.append([*[None] * first, *align(grid.roles[first:], own)])


def _own_cells(roles: Sequence[str | None], body: list[TableCell], *, last: bool) -> tuple[list[TableCell], list[TableCell]]:
    """The cells of one row and those left over for the next; a section or a header printed again ends a row that is short."""
    stop = next((at for at, cell in enumerate(body) if at and (SECTION.match(cell.text) or header_role(cell.text) == "number")), len(body))
    own = body[: min(stop, len(roles))]
    if not last and len([cell for cell in body[:stop] if cell.text]) == len(roles):
        own = [cell for cell in body[:stop] if cell.text]
    rest = [cell for cell in body[len(own) if stop == len(body) else stop :] if cell.text]
    return own, [cell for cell in rest if header_role(cell.text) is None]


def _end(flow: NormalizedText, grid: TaskGrid) -> int:
    """Where the last row ends; words that run on behind it on the same line are cut off its last cell."""
    row = grid.rows[-1]
    column = max(at for at, cell in enumerate(row) if cell is not None and cell.text)
    cell = row[column]
    assert cell is not None
    start, end = cell.at or (0, 0)
    cut = _tail(flow.text, grid.roles[column], start, end)
    if cut < end:
        row[column] = cell_at(flow, start, cut)
    return cut


def _tail(text: str, role: str | None, start: int, end: int) -> int:
    """Where a cell ends before prose that is glued to it: at its time, or behind the last name that makes it a list of names."""
    if cell_fits(role, text[start:end]) >= _IS_NAMES:
        return end
    if role == "deadline":
        time = TIME.match(text, start, end)
        return time.end() if time else end
    if role in UNIT_ROLES:
        ends = [name.end() for name in _NAME_END.finditer(text, start, end) if cell_fits(role, text[start : name.end()]) >= _IS_NAMES]
        return ends[-1] if ends else end
    stop = text.find("。", start, end)
    return stop + 1 if stop > 0 else end
