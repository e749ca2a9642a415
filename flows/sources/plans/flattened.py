"""Tables that became running text: `序号工作任务责任单位完成时限1加强…区政府办6月底前2…`, with blanks between cells or without.

The header is a run of header words, rows begin at the running numbers; rowcut.py cuts each row into its cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from flows.sources.plans.columns import TEXT_ROLES, UNIT_ROLES, header_role, is_target_table, is_task_table
from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.headers import HEADER, HeaderRun, still_there, table_end
from flows.sources.plans.lexicon import Lexicon, read_lexicon
from flows.sources.plans.names import SUFFIXES
from flows.sources.plans.outline import Item, read_outline
from flows.sources.plans.persons import ENDS_IN_PERSON
from flows.sources.plans.rowcut import TIME, cut_row, worth_of_rows
from flows.sources.plans.taskgrid import TaskGrid, cell_at
from flows.sources.plans.unitcells import part_text_columns, part_unit_columns

_SUFFIX_END = re.compile(rf"(?:{SUFFIXES})(?:\([^()]*\))?$")
_ROW_START = re.compile(r"(?:(?![月日年个号次条项季周名家篇件处场]|万|亿)[\u4e00-\u9fff“《]|20\d\d年)")
_LAST_HEADER = re.compile(r"[\u4e00-\u9fff]{2,8}")  # that no list knows: …完成时限督办人1
_LONGEST_ROW = 1500
_NAME_AND_COUNT = re.compile(r"(?P<name>[\u4e00-\u9fff][\u4e00-\u9fff()、]{1,23})\n?(?P<count>\d{1,5}(?:-\d{1,5})?)(?=\D|$)")
_MEASURE = re.compile(r"\n?\([^()\n]{1,4}\)")
_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)")
_GROUP_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\))[\u4e00-\u9fff“”]{2,40}$")
_ANEW = re.compile(r"(?:[二三四五六七八九十]、|\([二三四五六七八九十]\))(?:(?!年|月)[\u4e00-\u9fff“”]){2,40}1(?![\d.、])")
_ROW_END = re.compile(rf"(?:{TIME.pattern}|{SUFFIXES})(?:\([^()]*\))?$")
_FEWEST_ROWS = 1.5  # rows that are whole
_FARTHEST_ROW = 60  # characters behind the header
_FARTHEST_NAME = 40  # characters behind the count before


def read_flattened(flow: NormalizedText, heads: Sequence[HeaderRun]) -> Iterator[tuple[TaskGrid, int, int]]:
    """The table below each run of header words, with the stretch of the flow that it takes."""
    position = limit = 0
    left = [*still_there(flow, heads)]
    for index, head in enumerate(left):
        if head.start < position:
            continue
        following = next((other for other in left[index + 1 :] if other.words[:2] == head.words[:2]), None)
        if head.end >= limit:  # else what ends the text behind the header before ends it behind this one too
            limit = table_end(flow.text, head.end)
        grid, position = _table(flow, head, limit, following)
        if grid is not None and grid.rows:
            yield grid, head.start, position


def _table(flow: NormalizedText, head: HeaderRun, limit: int, following: HeaderRun | None) -> tuple[TaskGrid | None, int]:
    """The reading of the table that explains most of its rows: by running numbers alone, or by an outline inside the table."""
    headers = head.words
    roles = [header_role(word) or ("head" if at + 1 < len(headers) else None) for at, word in enumerate(headers)]
    if not is_target_table(roles) and not TEXT_ROLES & set(roles):
        roles = ["task" if role == "target" else role for role in roles]  # 年度目标 | 责任单位: what is aimed at, in words
    if is_target_table(roles):
        return _targets(flow, headers, head.end, limit)
    if not is_task_table(roles) or head.end >= limit:
        return None, head.end
    lexicon = read_lexicon(flow.text, head.end, limit)
    nearest = min(limit, following.start) if following is not None else limit
    readings = (_by_outline(flow, head, roles, nearest, lexicon), _by_numbers(flow, head, roles, limit, lexicon))
    grid, end = max(readings, key=lambda reading: worth_of_rows(reading[0]))
    return (grid, end) if worth_of_rows(grid) >= _FEWEST_ROWS else (None, head.end)


def _by_numbers(flow: NormalizedText, head: HeaderRun, roles: list[str | None], limit: int, lexicon: Lexicon) -> tuple[TaskGrid, int]:
    """Rows begin at 1, 2, 3, … without a stop behind the number."""
    headers = head.words
    starts = [*_row_starts(flow, roles, head.end, limit)]
    if len(starts) < 2:  # noqa: PLR2004 -- one number does not make a table
        return TaskGrid(roles, headers), head.end
    unknown = flow.text[head.end : starts[0][0]].strip("\n")
    if _LAST_HEADER.fullmatch(unknown):
        headers, roles = [*headers, unknown], [*roles, header_role(unknown) or "note"]
    grid = TaskGrid(
        rule="glued_cells",
        carries=False,
        roles=roles if roles[0] == "number" else ["number", *(role for role in roles if role != "number")],
        headers=headers,
    )
    end = head.end
    for (start, body), following in zip(starts, [*(at for at, _ in starts[1:]), limit], strict=True):
        row_end = _before_section(flow, body, min(following, body + _LONGEST_ROW))
        cells, end = cut_row(flow, grid.roles[1:], body, row_end, lexicon, last=following == limit)
        grid.rows.append([cell_at(flow, start, body), *cells])
    part_text_columns(flow, grid)
    return grid, end


def _before_section(flow: NormalizedText, start: int, end: int) -> int:
    """Where a row ends before the heading of the next group of rows: a blank and (二), or (二) and nothing but its words behind what ends rows."""
    glued = _GROUP_HEADING.search(flow.text, max(start, end - 60), end)
    if glued and _ROW_END.search(flow.text, max(start, glued.start() - 40), glued.start()):
        end = glued.start()
    return next((found.start() for found in _SECTION.finditer(flow.text, start, end) if flow.is_gap(found.start())), end)


def _by_outline(flow: NormalizedText, head: HeaderRun, roles: list[str | None], limit: int, lexicon: Lexicon) -> tuple[TaskGrid, int]:
    """Rows begin at the lowest numbers of an outline (1. 2. below 一、), whatever other numbers stand in columns of their own."""
    rows = _leaves(read_outline(flow.text, head.end, limit, flow.is_gap, headed=True))
    columns, parted = _merged_columns([role for role in roles if role != "number"])
    grid = TaskGrid(["number", *columns], [*head.words[:1], *head.words[-len(columns) :]], rule="glued_cells", carries=False)
    end = head.end
    if len(rows) < 2 or rows[0].start - head.end > _FARTHEST_ROW:  # noqa: PLR2004 -- one number does not make a table
        return grid, end
    for row in rows:
        behind = "page" if row is rows[-1] else "rest"
        cells, end = cut_row(flow, [*columns, behind], row.body, min(row.end, row.body + _LONGEST_ROW), lexicon, last=row is rows[-1])
        grid.rows.append([cell_at(flow, row.start, row.body), *cells[:-1]])
    if parted is not None:
        part_unit_columns(flow, grid, parted + 1, lexicon)
    return grid, end


def _leaves(items: Sequence[Item]) -> list[Item]:
    """The items without others below them, of the kind of number that most of them bear."""
    leaves = [item for item in items if not item.children]
    styles = Counter(item.style for item in leaves)
    return [item for item in leaves if item.style == styles.most_common(1)[0][0]]


def _merged_columns(roles: list[str | None]) -> tuple[list[str | None], int | None]:
    """The columns with the units of two neighbours left in the first of them, which is returned beside: they are parted afterwards."""
    for column, (role, after) in enumerate(pairwise(roles)):
        if role in UNIT_ROLES and after in UNIT_ROLES and role != after:
            return roles, column
    return roles, None


def _row_starts(flow: NormalizedText, roles: list[str | None], start: int, limit: int) -> Iterator[tuple[int, int]]:
    """Where 1, 2, 3, … begin rows: at the head of a line, after a blank, or after words that can end a row."""
    text = flow.text
    due: int | None = None
    last = next((role for role in reversed(roles) if role not in {"note", None}), None)
    sections = [found.end() - 1 for found in _ANEW.finditer(text, start, limit)]  # where rows are counted anew below a heading
    position = reached = start
    while position < limit:
        farthest = min(limit, reached + 2 * _LONGEST_ROW)
        anew = next((at for at in sections if position <= at < farthest), None) if due else None
        has_number = due is None or text.find(str(due), position, farthest) >= 0  # most tables end without, and this is ten times as fast
        found = _row_number(due).search(text, position, farthest) if has_number else None
        if anew is not None and (found is None or anew < found.start(1)):
            due, position = None, anew
            continue
        if found is None:
            return
        position, at = found.end(), found.start(1)
        begins = at == start or text[at - 1] == "\n" or flow.is_gap(at) or (due is None and bool(_LAST_HEADER.fullmatch(text, start, at)))
        body = found.end() + (text[found.end() : found.end() + 1] in {".", "、"})
        ends_row = (
            begins or _can_end(text, start, _before_heading(text, start, at), last) or bool(HEADER.search(text, max(start, at - 60), at))
        )
        if ends_row and _ROW_START.match(text[body : body + 5].lstrip("\n")):
            yield at, body
            due, reached = int(found.group(1)) + 1, body


@lru_cache(maxsize=1000)
def _row_number(due: int | None) -> re.Pattern[str]:
    """Finds the number that the next row must bear, 1 or 2 for the first; a count of three digits may stand glued before it."""
    return re.compile(rf"(?<!\d)(?:\d{{3}})*?(0{{0,2}}{'[12]' if due is None else due})(?!\d)")


def _before_heading(text: str, start: int, end: int) -> int:
    """Where a row ends before the heading of the next group: …12月底前二、做好回应3公开…"""
    heading = _GROUP_HEADING.search(text, max(start, end - 60), end)
    return heading.start() if heading else end


def _can_end(text: str, start: int, end: int, role: str | None) -> bool:
    if start == end:
        return True
    before = text[max(start, end - 40) : end]
    if before.endswith("。"):
        return True  # the cells behind it are merged with those above
    if role == "deadline":
        return bool(re.search(rf"(?:{TIME.pattern})$", before)) and not re.search(r"\d年$", before)
    if role in {"lead", "responsible"}:
        return bool(_SUFFIX_END.search(before)) or before.endswith(("等", "配合", "负责", "区", "县"))
    if role == "person":
        return bool(ENDS_IN_PERSON.search(before))
    return before.endswith(("。", ";"))


def _targets(flow: NormalizedText, headers: list[str], start: int, limit: int) -> tuple[TaskGrid | None, int]:
    """Names and numbers by turns, whatever separates them; a row number in front of the next name is not of the count."""
    grid = TaskGrid(["unit", "target"], headers)
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
