"""One row of a table without separators cut into its cells: columns are told apart by what their words can be.

A cell can be names of units, a time, people or the rest. Text that does not decide a border is left in one cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise

from flows.sources.plans.columns import TEXT_ROLES, UNIT_ROLES
from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.headers import HEADER
from flows.sources.plans.lexicon import BARE, FIELDS, LONG_PREFIXES, ZONE, ZONE_END, Lexicon, glued_places, list_worth
from flows.sources.plans.names import SUFFIXES, is_plain_unit
from flows.sources.plans.persons import PERSONS
from flows.sources.plans.taskgrid import TableCell, TaskGrid, cell_at
from flows.sources.plans.times import is_time

TIME = re.compile(
    r"(?:20\d\d年)?(?:\d{1,2}月(?:\d{1,2}日|底|末|份)?(?:[至-](?:20\d\d年)?\d{1,2}月(?:\d{1,2}日|底|末|份)?)?|第?[一二三四]季度(?:末|底)?|上半年|下半年|年底|年内|年(?:底|末))(?:之|以)?(?:前)?(?:完成|投入使用|动工|开工|竣工|建成|投用|启动|上线)?(?:[,、;并]*(?:长期坚持|持续推进))?"
    r"|长期坚持|长期推进|长期|持续推进|持续开展|持续|全年|常态化(?:推进|开展|实施)?|常年|按时序推进|每(?:季度|半年|年|月|周)(?:末|底|初|一次)?(?:前|\d{1,2}日前?)?|20\d\d年"
)
_UNITS_END = re.compile(r"(?:[市区县州省]|各)[^、,。;]{0,10}(?:局|委|办|办公室|厅|政府|中心)$")
_NAMES_AS_TEXT, _LONGEST_LIST = -0.8, 40  # a text that is nothing but names
_HALF_A_PREFIX = re.compile(r"(?:[市区县州省]直?|国家|国网|中国|[^\d]各)$")  # …区直 before 各有关单位
_HALF_A_NAME = re.compile(r"(?:局|委|办|厅|院|政府|中心)[市区县州]$")  # 县甲局县 before 市场监管局
_AFTER_STOP = re.compile(r"[。;]")
DOES = re.compile(
    r"开展|建设|完善|推进|加强|公开|公布|做好|抓好|办好|提升|规范|优化|制定|编制|更新|健全|建立|强化|深化|推动|完成|组织|发布|报送|清理|梳理|进一步|积极|及时|按时|落实|加大|做|推行|探索|用好|充分|依托|围绕|严格"
)
_NESTED = re.compile(r"\([^()]*\)")
_ROLE_TAIL = re.compile(r"(?:等(?:相关|有关)?(?:部门|单位)?)?(?:按职责分工)?(?:牵头|配合|负责|落实)?$")
_GLUED_LEADER = 0.2
_BROKEN = 0.2  # the worth of a text that begins or ends as no text does
_OF_UNITS = UNIT_ROLES | {"units"}
_NEEDED = UNIT_ROLES | TEXT_ROLES | {"deadline", "units"}
_BEHIND = frozenset({"rest", "page"})
_REST, _LONGEST_REST = -0.3, 30  # what may stand behind a row: the name of the next group of rows
_MOST_BORDERS = 60  # a row of more pieces is prose


def cut_row(
    flow: NormalizedText, columns: list[str | None], start: int, end: int, lexicon: Lexicon, *, last: bool
) -> tuple[list[TableCell | None], int]:
    """The cells of one row: borders where blanks, times, units or sentences begin and end, chosen so that the words suit the columns."""
    header = HEADER.search(flow.text, start, end)
    end = header.start() if header else end
    if last:
        end = _last_row_end(flow, start, end)
    words = flow.text[start:end]
    start, end = start + len(words) - len(words.lstrip("\n")), start + len(words.rstrip("\n"))
    parted = [start, *(at for at in range(start + 1, end) if flow.is_gap(at) or flow.text[at - 1] == "\n"), end]
    if len(parted) == len(columns) + 1:  # a blank between each two cells
        whole = [cell_at(flow, left, right) for left, right in pairwise(parted)]
        if all(cell is not None and cell.text[0] not in "、,;。)" for cell in whole):
            return whole, end
    if 2 < len(parted) == len(columns):  # noqa: PLR2004 -- an empty cell leaves one blank less; one piece is no row
        short = _best_cut(flow, columns, parted, lexicon)
        if short and all(_worth(role, cell.text, lexicon) > _BROKEN for role, cell in zip(columns, short, strict=True) if cell is not None):
            return short, end
    borders = sorted(
        {start, end, *_borders(flow, start, end, lexicon), *(_persons(flow.text, start, end, lexicon) if "person" in columns else ())}
    )
    if len(borders) > _MOST_BORDERS:  # the last cells are short: where the first is text, it is the one without borders inside
        borders = [start, *borders[1 - _MOST_BORDERS :]] if columns[0] in TEXT_ROLES else [*borders[: _MOST_BORDERS - 1], end]
    widths = _together(columns)
    roles = ["units" if width > 1 and columns[first] in UNIT_ROLES else columns[first] for first, width in widths]
    found = _best_cut(flow, roles, borders, lexicon) or [cell_at(flow, start, end), *[None] * (len(roles) - 1)]
    return [cell for (_, width), one in zip(widths, found, strict=True) for cell in (one, *[None] * (width - 1))], end


def _together(columns: list[str | None]) -> list[tuple[int, int]]:
    """First column and number of columns of each stretch to be cut: nothing tells where one text ends and the next begins.

    Before what may follow a row (`rest`, and behind the last one the rest of the `page`) neighbouring columns of units are one stretch too.
    """
    kinds = (TEXT_ROLES, UNIT_ROLES) if columns[-1] in _BEHIND else (TEXT_ROLES,)
    widths: list[tuple[int, int]] = []
    for column, role in enumerate(columns):
        if column and any(role in kind and columns[column - 1] in kind for kind in kinds):
            first, width = widths.pop()
            widths.append((first, width + 1))
        else:
            widths.append((column, 1))
    return widths


def _best_cut(flow: NormalizedText, columns: list[str | None], borders: list[int], lexicon: Lexicon) -> list[TableCell | None] | None:
    """The cut at `borders` whose cells suit the columns best; None where no cut uses the whole row."""
    sure = {border for border in borders if flow.is_gap(border) or flow.text[border - 1] == "\n"}
    best: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {(0, 0): (0.0, (0,))}  # columns and borders used → worth, borders so far
    for column, role in enumerate(columns):
        missing = 0.0 if role in _BEHIND else 0.4 if role in _NEEDED else 0.1
        longest = 2 * _LONGEST_OF.get(role or "", _MOST_CHARACTERS)
        for left in range(len(borders)):
            state = best.get((column, left))
            if state is None:
                continue
            _offer(best, (column + 1, left), state[0] - missing, (*state[1], left))
            for right in range(left + 1, len(borders)):
                if borders[right] - borders[left] > longest:
                    break
                words = flow.text[borders[left] : borders[right]].strip("\n|").replace("\n", "")
                value = _worth(role, words, lexicon) + 0.01 * (len(columns) - column) + (0.15 if borders[right] in sure else 0)
                _offer(best, (column + 1, right), state[0] + value, (*state[1], right))
    full = best.get((len(columns), len(borders) - 1))
    return [cell_at(flow, borders[left], borders[right]) for left, right in pairwise(full[1])] if full else None


def _offer(best: dict[tuple[int, int], tuple[float, tuple[int, ...]]], key: tuple[int, int], value: float, path: tuple[int, ...]) -> None:
    if key not in best or value > best[key][0]:
        best[key] = (value, path)


_MOST_CHARACTERS = 100_000
_LONGEST_OF = {"lead": 240, "responsible": 240, "units": 480, "deadline": 60, "person": 40}  # characters of a cell


def _worth(role: str | None, words: str, lexicon: Lexicon) -> float:
    if not words or words.count("(") != words.count(")"):
        return -1.0 if words else -0.4
    if len(words) > _LONGEST_OF.get(role or "", len(words)):
        return -1.0
    if role in _OF_UNITS:
        worth = _worth_as_units(words, lexicon, of_one_column=role != "units")
        return worth - _GLUED_LEADER * _glued(words, lexicon) if role == "lead" and worth > _BROKEN else worth
    if role == "deadline":
        return 1.0 if TIME.fullmatch(words) else 0.2 if words[0].isdigit() and is_time(words) else -1.0
    if role == "person":
        return _worth_as_persons(words)
    return _worth_behind(role, words) if role in _BEHIND else _worth_as_text(words, lexicon)


def _glued(words: str, lexicon: Lexicon) -> int:
    """How many places there are in a list where a name ends and the next begins with no sign between: who leads is hardly ever printed so."""
    return sum(1 for _ in glued_places(words, lexicon))


def _worth_as_units(words: str, lexicon: Lexicon, *, of_one_column: bool) -> float:
    if words[0] in "、,;" or words[-1] in "、,;" or _HALF_A_NAME.search(words):
        return -0.6
    return list_worth(_ROLE_TAIL.sub("", _NESTED.sub("", words)), lexicon, of_one_column=of_one_column)


def _worth_behind(role: str | None, words: str) -> float:
    if role == "page":
        return _REST
    return _REST - 0.01 * len(words) if len(words) <= _LONGEST_REST and not _AFTER_STOP.search(words) else -2.0


def _worth_as_text(words: str, lexicon: Lexicon) -> float:
    if len(words) <= _LONGEST_LIST and "、" in words and list_worth(words, lexicon) > 1:
        return _NAMES_AS_TEXT
    broken = (
        len(words) == 1
        or words[0] in "、,;)"
        or words[-1] in "、,("
        or _UNITS_END.search(words[-20:])
        or (len(words) <= _LONGEST_LIST and (is_plain_unit(words) or TIME.fullmatch(words)))
        or _HALF_A_PREFIX.search(words[-4:])
    )
    return _BROKEN if broken else 0.7 if DOES.match(words) else 0.6


def _worth_as_persons(words: str) -> float:
    if not PERSONS.fullmatch(words):
        return -0.3
    return 0.85 if PERSONS.fullmatch(words, 1) else 0.9  # of 金刘芳 the first sign may end the word before


def _persons(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[int]:
    """Where names of people may begin or end: behind a time or the stop of a requirement (`…三个。李四市教育局`), before a unit."""
    for found in chain(_AFTER_STOP.finditer(text, start, end), TIME.finditer(text, start, end)):
        yield from (found.end(), *(found.end() + length for length in (2, 3) if found.end() + length < end))
    for unit in lexicon.starts.finditer(text, start, end):
        yield from (unit.start() - length for length in (2, 3) if PERSONS.fullmatch(text, max(start, unit.start() - length), unit.start()))


def _borders(flow: NormalizedText, start: int, end: int, lexicon: Lexicon) -> Iterator[int]:
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
    for pattern in (BARE, FIELDS, TIME, ZONE, ZONE_END):
        for found in pattern.finditer(text, start, end):
            yield found.start()
            yield found.end()
    for stop in re.finditer(r"[。;]", text[start:end]):
        yield start + stop.end()
    for suffix in re.finditer(rf"(?>(?:{SUFFIXES})+)(?:\([^()]*\))?(?=[^、,;()])", text[start:end]):
        yield start + suffix.end()
    for prefix in lexicon.starts.finditer(text, start, end):
        at = prefix.start()
        longer = next((word for word in lexicon.long_prefixes if text.startswith(word, at - len(word) + 1, at + 1)), None)
        at = at - len(longer) + 1 if longer else at
        before = next((word for word in LONG_PREFIXES if text.endswith(word, start, at)), "")  # 国家统计局台山调查队
        yield max(start, at - len(before))


def _last_row_end(flow: NormalizedText, start: int, end: int) -> int:
    """The last row ends with its line, or where a signature or a site's footer begins."""
    stop = re.compile(r"\n").search(flow.text, start + 4, end)
    return stop.start() if stop else end


def worth_of_rows(grid: TaskGrid) -> float:
    """How many rows of a grid say both what is to be done and who does it or by when; those that do not count against it."""
    judged = [column for column, role in enumerate(grid.roles) if role in UNIT_ROLES | {"deadline"}]
    texts = [column for column, role in enumerate(grid.roles) if role in TEXT_ROLES]
    whole = sum(
        any(row[column] is not None for column in texts) and any((cell := row[column]) is not None and cell.text for column in judged)
        for row in grid.rows
    )
    return whole - 0.5 * (len(grid.rows) - whole)
