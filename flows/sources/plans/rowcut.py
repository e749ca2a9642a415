"""One row of a table without separators cut into its cells: columns are told apart by what their words can be.

A cell can be names of units, a time, people or the rest. Text that does not decide a border is left in one cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from flows.sources.plans.columns import TEXT_ROLES, UNIT_ROLES, cell_fits
from flows.sources.plans.fold import Flow
from flows.sources.plans.grid import Cell, cell_at
from flows.sources.plans.headers import HEADER
from flows.sources.plans.lexicon import BARE, LONG_PREFIXES, Lexicon, name_worth
from flows.sources.plans.names import SUFFIXES, is_plain_unit
from flows.sources.plans.persons import PERSONS
from flows.sources.plans.times import is_time

TIME = re.compile(
    r"(?:20\d\d年)?(?:\d{1,2}月(?:\d{1,2}日|底|末|份)?|第?[一二三四]季度(?:末|底)?|上半年|下半年|年底|年内|年(?:底|末))(?:之|以)?(?:前)?(?:完成)?(?:[,、;并]*(?:长期坚持|持续推进))?"
    r"|长期坚持|长期推进|长期|持续推进|持续开展|持续|全年|常态化(?:推进|开展|实施)?|常年|按时序推进|每(?:季度|半年|年|月|周)(?:末|底|初|一次)?(?:\d{1,2}日前?)?|20\d\d年"
)
_UNITS_END = re.compile(r"(?:[市区县州省]|各)[^、,。;]{0,10}(?:局|委|办|办公室|厅|政府|中心)$")
_AFTER_STOP = re.compile(r"[。;]")
DOES = re.compile(
    r"开展|建设|完善|推进|加强|公开|公布|做好|抓好|办好|提升|规范|优化|制定|编制|更新|健全|建立|强化|深化|推动|完成|组织|发布|报送|清理|梳理|进一步|积极|及时|按时|落实|加大|做|推行|探索|用好|充分|依托|围绕|严格"
)
_NESTED = re.compile(r"\([^()]*\)")
_ROLE_TAIL = re.compile(r"(?:等(?:相关|有关)?(?:部门|单位)?)?(?:按职责分工)?(?:牵头|配合|负责|落实)?$")
_BROKEN = 0.2  # the worth of a text that begins or ends as no text does
_MOST_BORDERS = 60  # a row of more pieces is prose


def cut_row(flow: Flow, columns: list[str | None], start: int, end: int, lexicon: Lexicon, *, last: bool) -> tuple[list[Cell | None], int]:
    """The cells of one row: borders where blanks, times, units or sentences begin and end, chosen so that the words suit the columns."""
    header = HEADER.search(flow.text, start, end)
    end = header.start() if header else end
    if last:
        end = _last_row_end(flow, columns, start, end)
    parted = [start, *(at for at in range(start + 1, end) if flow.is_gap(at) or flow.text[at - 1] == "\n"), end]
    if len(parted) == len(columns) + 1:  # a blank between each two cells
        whole = [cell_at(flow, left, right) for left, right in pairwise(parted)]
        if all(cell is not None for cell in whole):
            return whole, end
    if 2 < len(parted) == len(columns):  # noqa: PLR2004 -- an empty cell leaves one blank less; one piece is no row
        short = _best_cut(flow, columns, parted, lexicon)
        if short and all(_worth(role, cell, lexicon) > _BROKEN for role, cell in zip(columns, short, strict=True) if cell is not None):
            return short, end
    borders = sorted(
        {start, end, *_borders(flow, start, end, lexicon), *(_persons(flow.text, start, end, lexicon) if "person" in columns else ())}
    )
    if len(borders) > _MOST_BORDERS:
        borders = [*borders[: _MOST_BORDERS - 1], end]
    widths = _together(columns)
    roles = [columns[first] for first, _ in widths]
    found = _best_cut(flow, roles, borders, lexicon) or [cell_at(flow, start, end), *[None] * (len(roles) - 1)]
    return [cell for (_, width), one in zip(widths, found, strict=True) for cell in (one, *[None] * (width - 1))], end


def _together(columns: list[str | None]) -> list[tuple[int, int]]:
    """First column and number of columns of each stretch to be cut: nothing tells where one text ends and the next begins."""
    widths: list[tuple[int, int]] = []
    for column, role in enumerate(columns):
        if column and role in TEXT_ROLES and columns[column - 1] in TEXT_ROLES:
            first, width = widths.pop()
            widths.append((first, width + 1))
        else:
            widths.append((column, 1))
    return widths


def _best_cut(flow: Flow, columns: list[str | None], borders: list[int], lexicon: Lexicon) -> list[Cell | None] | None:
    """The cut at `borders` whose cells suit the columns best; None where no cut uses the whole row."""
    sure = {border for border in borders if flow.is_gap(border) or flow.text[border - 1] == "\n"}
    best: dict[tuple[int, int], tuple[float, list[Cell | None]]] = {(0, 0): (0.0, [])}
    for column, role in enumerate(columns):
        missing = 0.4 if role in UNIT_ROLES | TEXT_ROLES | {"deadline"} else 0.1
        for left in range(len(borders)):
            state = best.get((column, left))
            if state is None:
                continue
            _offer(best, (column + 1, left), state[0] - missing, [*state[1], None])
            for right in range(left + 1, len(borders)):
                cell = cell_at(flow, borders[left], borders[right])
                value = _worth(role, cell, lexicon) + 0.01 * (len(columns) - column) + (0.15 if borders[right] in sure else 0)
                _offer(best, (column + 1, right), state[0] + value, [*state[1], cell])
    full = best.get((len(columns), len(borders) - 1))
    return full[1] if full else None


def _offer(
    best: dict[tuple[int, int], tuple[float, list[Cell | None]]], key: tuple[int, int], value: float, cells: list[Cell | None]
) -> None:
    if key not in best or value > best[key][0]:
        best[key] = (value, cells)


def _worth(role: str | None, cell: Cell | None, lexicon: Lexicon) -> float:
    if cell is None or cell.text.count("(") != cell.text.count(")"):
        return -0.4 if cell is None else -1.0
    if role in {"lead", "responsible"}:
        parts = [part for part in re.split(r"[、,;]", _NESTED.sub("", cell.text)) if part]
        if not parts or cell.text[0] in "、,;" or cell.text[-1] in "、,;":
            return -0.6
        names = [name_worth(_ROLE_TAIL.sub("", part), lexicon) for part in parts]
        return 0.1 * len(parts) + sum(names) / len(names)
    if role == "deadline":
        return 1.0 if TIME.fullmatch(cell.text) else 0.2 if cell.text[0].isdigit() and is_time(cell.text) else -1.0
    if role == "person":
        return _worth_as_persons(cell.text)
    broken = (
        cell.text[0] in "、,;)"
        or cell.text[-1] in "、,("
        or _UNITS_END.search(cell.text)
        or is_plain_unit(cell.text)
        or TIME.fullmatch(cell.text)
    )
    return _BROKEN if broken else 0.7 if DOES.match(cell.text) else 0.6


def _worth_as_persons(words: str) -> float:
    if not PERSONS.fullmatch(words):
        return -0.3
    return 0.85 if PERSONS.fullmatch(words, 1) else 0.9  # of 金刘芳 the first sign may end the word before


def _persons(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[int]:
    """Where names of people may begin or end: behind the stop that closes a requirement (`…三个。李四市教育局`), before a unit."""
    for found in _AFTER_STOP.finditer(text, start, end):
        yield from (found.end(), *(found.end() + length for length in (2, 3) if found.end() + length < end))
    for unit in lexicon.starts.finditer(text, start, end):
        yield from (unit.start() - length for length in (2, 3) if PERSONS.fullmatch(text, max(start, unit.start() - length), unit.start()))


def _borders(flow: Flow, start: int, end: int, lexicon: Lexicon) -> Iterator[int]:
    text = flow.text
    for name in lexicon.known:
        at = text.find(name, start, end)
        while at >= 0:
            yield at
            yield at + len(name)
            at = text.find(name, at + 1, end)
    for position in range(start + 1, end):
        if flow.is_gap(position) or text[position - 1] == "\n":
            yield position
    for bare in BARE.finditer(text, start, end):
        yield bare.start()
        yield bare.end()
    for time in TIME.finditer(text, start, end):
        yield time.start()
        yield time.end()
    for stop in re.finditer(r"[。;]", text[start:end]):
        yield start + stop.end()
    for suffix in re.finditer(rf"(?:{SUFFIXES})+(?:\([^()]*\))?(?=[^、,;()])", text[start:end]):
        yield start + suffix.end()
    for prefix in lexicon.starts.finditer(text, start, end):
        at = prefix.start()
        longer = next((word for word in lexicon.long_prefixes if text.startswith(word, at - len(word) + 1, at + 1)), None)
        at = at - len(longer) + 1 if longer else at
        before = next((word for word in LONG_PREFIXES if text.endswith(word, start, at)), "")  # 国家统计局台山调查队
        yield max(start, at - len(before))


def _last_row_end(flow: Flow, columns: list[str | None], start: int, end: int) -> int:
    """The last row ends with its line, or where a signature or a site's footer begins."""
    stop = re.compile(r"\n").search(flow.text, start + 4, end)
    if stop is None:
        return end
    return stop.start() if cell_fits(columns[-1], flow.text[max(start, stop.start() - 8) : stop.start()]) >= 0 else end
