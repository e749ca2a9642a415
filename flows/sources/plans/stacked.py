"""Tables with one cell a line, as web archives and copied Word files have them.

The header is a run of header words; rows are told by their running numbers, or by their width where they have none. Blank lines or
lone bars part the cells where the document prints them, else each line is a cell and wrapped ones are joined by their words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from flows.sources.plans.columns import (
    TEXT_ROLES,
    UNIT_ROLES,
    cell_fits,
    completed_roles,
    header_role,
    header_roles,
    is_task_table,
    joined_headers,
    target_roles,
)
from flows.sources.plans.rowbars import are_closed_by_bars, ends_in_bar, read_rowbars
from flows.sources.plans.taskgrid import MOST_PIECES, TableCell, TaskGrid, fill, fit, joined
from flows.sources.plans.text import Line
from flows.sources.plans.unnumbered import IS_NAMES, SECTION, unnumbered_rows

_AFTER_TABLE = re.compile(
    r"附[件表]|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|抄送|\(此件|主办单位|注:|备注:|说明:|联系人"
)
_NUMBER = re.compile(r"(\d{1,3})[.、]?\*?$")
_YEAR = re.compile(r"20\d\d")  # 2022年重点任务 above a table is its title
_LONGEST_HEADER = 12  # cells
_FIRST_LOOK = 240  # cells
_PARAGRAPH = 60  # a last cell longer than this is text behind the table
_MOST_LINES = 6000  # a table does not go on for more
_WRAPS = 8  # lines that a last row may be longer than its columns


def read_stacked(lines: Sequence[Line], index: int, folded: str) -> tuple[TaskGrid | None, int]:
    """The table whose header begins at lines[index], and the index after it; None where no table of tasks begins there."""
    grid, after = read_rowbars(lines, index, folded)
    return (grid, after) if grid is not None else _by_header(lines, index, folded)


def _by_header(lines: Sequence[Line], index: int, folded: str) -> tuple[TaskGrid | None, int]:
    """The same where only the words of the header tell how wide the table is."""
    broken = None
    if _begins_with_number(lines[index], folded) and _is_strange(_cells(lines, index, folded, _MOST_PIECES_OF_HEADER)):
        broken = _broken_header(_cells(lines, index, folded, _FIRST_LOOK), _above(lines, index, folded))
    if broken is not None:
        return _table(lines, index, folded, *broken)
    first = _cells(lines, index, folded, 3)
    if len(first) < 3 or _YEAR.search(first[0][0].text) or not any(header_role(cell.text) for cell, _ in first[1:]):  # noqa: PLR2004 -- a word of a header that stands alone heads no table
        return None, index + 1
    pieces = _header(_cells(lines, index, folded, _LONGEST_HEADER + 1))
    head = _whole_words(pieces)
    roles = header_roles(head)
    if roles is None:
        return None, index + 1
    if not is_task_table(roles):
        body = [cell.text for cell, _ in _cells(lines, index, folded, len(pieces) + _ROWS_TO_JUDGE * len(head))[len(pieces) :]]
        roles = completed_roles(head, roles, [body[at : at + len(head)] for at in range(0, len(body), len(head))])
    if not is_task_table(roles):
        return None, index + 1
    grid, after = _table(lines, index, folded, head, roles, len(pieces))
    if len(head) < _SURE_HEADER and (grid is None or len(grid.rows) < _SURE_HEADER):
        return None, index + 1  # two short lines do not make a header, unless rows follow
    return grid, after


_SURE_HEADER = 3


def _table(
    lines: Sequence[Line], index: int, folded: str, head: list[str], roles: list[str | None], printed: int
) -> tuple[TaskGrid | None, int]:
    """The rows below a header that was printed in so many cells."""
    most = _FIRST_LOOK
    while True:
        stream = _cells(lines, index, folded, most)
        grid, used = rows_of(TaskGrid([*roles], [*head]), [cell for cell, _ in stream[printed:]])
        if len(stream) < most or printed + used < most // 2:
            break
        most *= 4  # a long table: look farther; one look to the end for each header would cost too much where there are many
    if not grid.rows:
        return None, index + 1
    after = stream[min(printed + used, len(stream)) - 1][1]
    grid.lines = {line.number for line in lines[index:after]}
    return grid, after


_MOST_PIECES_OF_HEADER = 26


def _above(lines: Sequence[Line], index: int, folded: str) -> str:
    """The line with words above the table."""
    before = next((line for line in reversed(lines[max(0, index - 4) : index]) if line.text.strip()), None)
    return folded[before.offset : before.offset + len(before.text)] if before else ""


def _begins_with_number(line: Line, folded: str) -> bool:
    return header_role("".join(folded[line.offset : line.offset + len(line.text)].split()).strip("|")) == "number"


def _is_strange(cells: list[tuple[TableCell, int]]) -> bool:
    """True where not every word of a header is known, or where short ones may be pieces of others."""
    words = [cell.text for cell, _ in cells]
    header = words[: words.index("1")] if "1" in words else []
    return any(header_role(word) is None or len(word) < _SHORTEST_SURE for word in header[1:])


_SHORTEST_SURE = 4  # 责任 may be a piece of 责任单位


def _broken_header(cells: list[tuple[TableCell, int]], above: str) -> tuple[list[str], list[str | None], int] | None:
    """A header whose words were broken over lines (责任 领导 责任 科室), or that no list knows: as wide as the rows, which begin at 1, 2, 3."""
    words = [cell.text for cell, _ in cells]
    first = next((at for at, word in enumerate(words[:_MOST_PIECES_OF_HEADER]) if word == "1"), None)
    if first is None or any(len(word) > _LONGEST_PIECE for word in words[:first]):
        return None
    numbers = _running_numbers([cell for cell, _ in cells[first:]])
    gaps = Counter(after - before for before, after in pairwise(numbers))
    if len(gaps) != 1:
        return None  # merged cells leave rows of other widths: they do not tell how wide the header is
    width = gaps.most_common(1)[0][0]
    rows = [words[first + at : first + at + width] for at in numbers if len(words) >= first + at + width]
    head = joined_headers(words[:first], width, rows)
    if head is None:
        return None
    roles = completed_roles(head, header_roles(head) or [header_role(word) for word in head], rows)
    if is_task_table(roles):
        return head, roles, first
    targets = target_roles(head, rows, above)
    return None if targets is None else (head, ["number", *targets[1:]], first)


_LONGEST_PIECE = 12


def rows_of(grid: TaskGrid, body: list[TableCell]) -> tuple[TaskGrid, int]:
    """The grid with its rows, and how many cells they take."""
    numbered = any(_NUMBER.match(cell.text) for cell in [cell for cell in body[:8] if not SECTION.match(cell.text)][:3])
    return grid, _numbered_rows(grid, body) if numbered else unnumbered_rows(grid, body)


def _cells(lines: Sequence[Line], index: int, folded: str, most: int) -> list[tuple[TableCell, int]]:
    """At most `most` cells from `index` on, each with the index of the line after it, as far as the next attachment."""
    parted = index + 1 < len(lines) and lines[index + 1].text.strip() in {"", "|"}
    closed = not parted and are_closed_by_bars(lines[index : index + _LONGEST_HEADER * _WRAPS])
    cells: list[tuple[TableCell, int]] = []
    spans: list[tuple[int, int]] = []
    words = ""
    for at in range(index, min(len(lines), index + _MOST_LINES)):
        line = lines[at]
        text = folded[line.offset : line.offset + len(line.text)]
        squeezed = "".join(text.split()).strip("|")
        if squeezed:
            spans.append((line.offset, line.offset + len(text.rstrip().rstrip("|"))))
            words += squeezed
        goes_on = closed and squeezed and not ends_in_bar(line) and any(map(ends_in_bar, lines[at + 1 : at + 1 + _WRAPS]))
        if spans and (not squeezed or not parted) and not goes_on:
            if cells and words.startswith(("附件", "附表", "抄送")) and len(words) < _PARAGRAPH:
                return cells
            cells.append((TableCell(tuple(spans), words), at + 1))
            spans, words = [], ""
            if len(cells) == most:
                return cells
    if spans:
        cells.append((TableCell(tuple(spans), words), len(lines)))
    return cells


def _header(cells: list[tuple[TableCell, int]]) -> list[str]:
    """The run of header words at the beginning; one short unknown word between known ones belongs to it."""
    head: list[str] = []
    for at, (cell, _) in enumerate(cells[:_LONGEST_HEADER]):
        between = head and at + 1 < len(cells) and len(cell.text) <= 8 and header_role(cells[at + 1][0].text)  # noqa: PLR2004 -- a header of an unknown word
        if _NUMBER.match(cell.text) or SECTION.match(cell.text) or (header_role(cell.text) is None and not between):
            break
        head.append(cell.text)
    return head


def _whole_words(pieces: Sequence[str]) -> list[str]:
    """The words of a header with what a line end tore off put back: the first signs of a word (主 / 要内容), a bracket behind one."""
    head: list[str] = []
    for piece in pieces:
        is_torn = (
            head and len(head[-1]) < _SHORTEST_WORD and header_role(head[-1]) is None and (len(head[-1]) == 1 or not header_role(piece))
        )
        if head and (piece[0] == "(" or is_torn) and header_role(head[-1] + piece):
            head[-1] += piece
        else:
            head.append(piece)
    return head


_SHORTEST_WORD = 3
_ROWS_TO_JUDGE = 4


def _numbered_rows(grid: TaskGrid, cells: list[TableCell]) -> int:
    """Cut the cells into rows at 1, 2, 3, …; returns how many of them belong to the table."""
    kept, dropped = _without_repeated_headers(cells, grid.headers)
    numbers = _near(_running_numbers(kept))
    if not numbers:
        return 0
    before, after = _around_number(grid, numbers[0])
    end = 0
    for at, following in zip(numbers, [*numbers[1:], None], strict=True):
        heads = kept[end:at][-before:] if before else []
        body = kept[at + 1 : following] if following is not None else _last_body(after, kept[at + 1 : at + 1 + MOST_PIECES])
        body = _without_section(grid, _before_header(body, len(after)), len(after))
        body = body[: len(after)] if before else body
        first, *others = _sub_rows(after, body)
        filled = _filled(after, first)
        grid.rows.append([*[None] * (before - len(heads)), *heads, kept[at], *filled])
        skipped = next((column for column, cell in enumerate(filled) if cell is not None and cell.text[0] == _CIRCLED[0]), 0)
        grid.rows.extend([*[None] * (before + 1 + skipped), *fill(after[skipped:], other)] for other in others)
        end = at + 1 + len(body)
    return end + dropped


def _filled(roles: Sequence[str | None], cells: list[TableCell]) -> list[TableCell | None]:
    """The cells behind a number under their columns: the only column of words is not empty, units one in a line are one cell."""
    own = 1 if cells and roles[0] in TEXT_ROLES and not TEXT_ROLES & {*roles[1:]} else 0
    units = [column for column, role in enumerate(roles) if role in UNIT_ROLES]
    if len(units) == 1 and (len(cells) != len(roles) or any(map(_is_name, cells[units[0] + 1 :]))):
        groups = groupby(cells[own:], key=_is_name)
        cells = [*cells[:own], *(cell for names, its in groups for cell in ([joined([*its])] if names else its))]
    return [*cells[:own], *fill(roles[own:], cells[own:])] if len(cells) < len(roles) else fill(roles, cells)


def _is_name(cell: TableCell) -> bool:
    return cell_fits("responsible", cell.text) >= IS_NAMES


def _near(numbers: list[int]) -> list[int]:
    """The numbers up to the first that stands too far from the one before: what follows there is another table's."""
    for index, (number, following) in enumerate(pairwise(numbers)):
        if following - number > MOST_PIECES:
            return numbers[: index + 1]
    return numbers


_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"


def _circled(cells: Sequence[TableCell]) -> list[int]:
    """Where ②, ③ … begin further rows under one number, the first of which begins with ①."""
    found: list[int] = []
    due = 0
    for at, cell in enumerate(cells):
        if cell.text[:1] == _CIRCLED[due]:
            found.append(at)
            due += 1
            if due == len(_CIRCLED):
                break
    return found[1:]


def _last_body(roles: Sequence[str | None], cells: list[TableCell]) -> list[TableCell]:
    """The cells of the last number, which may hold for several rows."""
    begins = next(reversed(_circled(cells)), 0)
    return cells[:begins] + _last_row(roles[1:] if begins else roles, cells[begins:])


def _sub_rows(roles: Sequence[str | None], cells: list[TableCell]) -> list[list[TableCell]]:
    """A number may hold for several rows: each begins with ①, ② …, or ends at its time, where that is the last column, and units printed once hold for all."""
    begins = _circled(cells)
    if begins:
        return [cells[first:last] for first, last in pairwise([0, *begins, len(cells)])]
    ends = [at + 1 for at, cell in enumerate(cells) if cell_fits("deadline", cell.text) == 1.0]
    if roles[-1:] != ["deadline"] or len(ends) < 2 or ends[-1] != len(cells):  # noqa: PLR2004 -- one time, one row
        return [cells]
    rows = [cells[first:last] for first, last in pairwise([0, *ends])]
    return rows if all(len(row) > 1 for row in rows) else [cells]


def _around_number(grid: TaskGrid, first: int) -> tuple[int, list[str | None]]:
    """How many columns stand before the number and which behind; a number without a header of its own gets a column."""
    if "number" not in grid.roles:
        before = min(first, len(grid.roles) - 1)
        grid.roles = [*grid.roles[:before], "number", *grid.roles[before:]]
        grid.headers = [*grid.headers[:before], "", *grid.headers[before:]]
    before = grid.roles.index("number")
    return before, grid.roles[before + 1 :]


def _before_header(body: list[TableCell], width: int) -> list[TableCell]:
    """The cells of a row that a section and another header follow before the next number."""
    at = next((at for at, cell in enumerate(body) if at >= width and header_role(cell.text) == "number"), None)
    if at is None:
        return body
    return body[: next((before for before in range(width, at) if SECTION.match(body[before].text)), at)]


def _without_section(grid: TaskGrid, body: list[TableCell], width: int) -> list[TableCell]:
    """A heading over the rows that follow (二、加强平台建设) is no cell of the row before it."""
    while len(body) > width and SECTION.match(body[-1].text):
        grid.sections[len(grid.rows) + 1] = body[-1]
        body = body[:-1]
    return body


def _last_row(roles: Sequence[str | None], cells: list[TableCell]) -> list[TableCell]:
    """The cells of the last row: as many as there are columns, or some more where a wrapped cell then suits its column better."""
    best = cells[: len(roles)]
    for count in range(len(roles) + 1, min(len(cells), len(roles) + _WRAPS) + 1):
        if _AFTER_TABLE.match(cells[count - 1].text) or len(cells[count - 1].text) > _PARAGRAPH:
            break
        if fit(roles, fill(roles, cells[:count])) > fit(roles, fill(roles, best)) + 0.2:
            best = cells[:count]
    while roles[-1] in UNIT_ROLES and len(best) < len(cells) and cell_fits(roles[-1], cells[len(best)].text) == 1.0:
        best = cells[: len(best) + 1]  # names that stand one in a line
    return best


def _without_repeated_headers(cells: list[TableCell], headers: list[str]) -> tuple[list[TableCell], int]:
    """The cells without the header that is printed again after each page break, and how many were left out."""
    kept: list[TableCell] = []
    at = 0
    while at < len(cells):
        if [cell.text for cell in cells[at : at + len(headers)]] == headers:
            at += len(headers)
        else:
            kept.append(cells[at])
            at += 1
    return kept, len(cells) - len(kept)


def _running_numbers(cells: list[TableCell]) -> list[int]:
    """Where 1, 2, 3, … stand among the cells; behind a section's heading they may begin anew, in an extract they may leave some out."""
    values = {at: int(number[1]) for at, cell in enumerate(cells) if (number := _NUMBER.match(cell.text))}
    later: dict[int, int] = {value: at for at, value in values.items()}
    found: list[int] = []
    due: int | None = None
    for at, value in values.items():
        behind_section = at > 0 and bool(SECTION.match(cells[at - 1].text))
        anew = value == 1 and behind_section
        gap = due is not None and value > due and behind_section and later.get(due, -1) < at
        if due is None or value == due or anew or gap:
            found.append(at)
            due = value + 1
    return found
