"""Tables that became running text: `序号工作任务责任单位完成时限1加强…区政府办6月底前2…`, with blanks between cells or without.

The header is a run of header words, rows begin at the running numbers, and inside a row the columns are told apart by what their
words can be: names of units, a time, or the rest. Text that does not decide a border is left in one cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from flows.sources.plans.clauses import is_time
from flows.sources.plans.columns import TEXT_ROLES, UNIT_ROLES, cell_fits, header_role, is_target_table, is_task_table
from flows.sources.plans.fold import Flow
from flows.sources.plans.grid import Cell, Grid, cell_at
from flows.sources.plans.lexicon import BARE, LONG_PREFIXES, Lexicon, name_worth, read_lexicon
from flows.sources.plans.parts import tail_after
from flows.sources.plans.units import SUFFIXES, is_plain_unit

_WORDS = (
    "序号|编号|责任单位及责任人|责任单位负责人|责任人|负责人"
    "|存在问题|主要问题|整改目标和措施|整改目标|整改措施|整改任务|整改要求|整改时限|目标和措施|民生实事|实事项目|实事内容|项目名称|项目内容|建设内容|建设规模|工作举措|主要举措|推进措施|落实措施|年度目标|具体工作任务|重点工作任务|主要工作任务|工作任务|重点任务|主要任务|任务名称|任务内容|任务事项|工作内容|具体任务|重点工作|工作要求|具体要求|任务要求|工作措施|具体措施|具体内容|重点内容"
    "|主要内容|工作事项|工作重点|工作目标|任务分解|任务类型|任务类别|工作标准|牵头单位|牵头部门|牵头科室|责任单位|责任部门|责任科室|责任股室|责任主体|配合单位|配合部门|协办单位|协助单位|实施单位|落实单位|主办单位"
    "|承办单位|完成时限|完成时间|时限要求|时间要求|办理时限|工作时限|时间节点|完成期限|时间安排|目标任务条数|目标任务数量|目标任务数|目标任务|任务条数|任务数|条数|篇数|单位名称|单位|部门|备注"
    "|类别|项目|任务|内容|要求|措施|时限|事项|目标"
)


def _one_of(words: Sequence[str]) -> str:
    """One pattern for many words, grouped by their first character: a scan tries few branches at each place."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in groups.items())


_LED = [f"{role}[省市县区镇局副]?领导" for role in ("分管", "责任", "牵头", "包联", "挂钩", "联系", "主管", "包保")]
_HEADER_WORD = _one_of([*(f"{place}(?:政府)?(?:{'|'.join(_LED)})" for place in "市县区镇"), *_LED, *_WORDS.split("|")])
HEADER = re.compile(rf"(?:{_HEADER_WORD})\n?(?:(?:{_HEADER_WORD})\n?){{2,}}")
WORD = re.compile(_HEADER_WORD)
_ROW_NUMBER = re.compile(r"\d{1,3}")
_TIME = re.compile(
    r"(?:20\d\d年)?(?:\d{1,2}月(?:\d{1,2}日|底|末|份)?|第?[一二三四]季度(?:末|底)?|上半年|下半年|年底|年内|年(?:底|末))(?:之|以)?(?:前)?(?:完成)?(?:[,、;并]*(?:长期坚持|持续推进))?"
    r"|长期坚持|长期推进|长期|持续推进|持续开展|持续|全年|常态化(?:推进|开展|实施)?|常年|按时序推进|每(?:季度|半年|年|月|周)(?:末|底|初|一次)?(?:\d{1,2}日前?)?|20\d\d年"
)
_UNITS_END = re.compile(r"(?:[市区县州省]|各)[^、,。;]{1,10}(?:局|委|办|办公室|厅|政府|中心)$")
# the commonest family names, for columns of people
_PERSON = re.compile(
    r"(?:[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤芮]"
    r"[\u4e00-\u9fff]{1,2}[、,]?){1,3}"
)
_AFTER_STOP = re.compile(r"[。;]")
_SUFFIX_END = re.compile(rf"(?:{SUFFIXES})(?:\([^()]*\))?$")
_ROW_START = re.compile(r"(?:(?![月日年个号次条项季周名家篇件处场]|万|亿)[\u4e00-\u9fff“《]|20\d\d年)")
_TABLE_END = re.compile(r"\n附[件表录]|\n[一二三四五六七八九十]{1,3}、|\n抄送|\n注:|\n备注:|\n[^\n]{2,40}(?:名单|一览表|清单)\n")
_DOES = re.compile(
    r"开展|建设|完善|推进|加强|公开|公布|做好|抓好|办好|提升|规范|优化|制定|编制|更新|健全|建立|强化|深化|推动|完成|组织|发布|报送|清理|梳理|进一步|积极|及时|按时|落实|加大|做|推行|探索|用好|充分|依托|围绕|严格"
)
_NESTED = re.compile(r"\([^()]*\)")
_ROLE_TAIL = re.compile(r"(?:等(?:相关|有关)?(?:部门|单位)?)?(?:按职责分工)?(?:牵头|配合|负责|落实)?$")
_MOST_BORDERS = 60  # a row of more pieces is prose
_LONGEST_ROW = 1500


def read_flattened(flow: Flow) -> Iterator[tuple[Grid, int, int]]:
    """Each table told by its header run, with the stretch of the flow that it takes."""
    position = limit = 0
    while True:
        head = HEADER.search(flow.text, position)
        if head is None:
            return
        if head.end() >= limit:  # else what ends the text behind the header before ends it behind this one too
            limit = table_end(flow.text, head.end())
        grid, end = _table(flow, head, limit)
        if grid is not None and grid.rows:
            yield grid, head.start(), end
        position = max(end, head.end())


def table_end(text: str, start: int) -> int:
    """Where what cannot belong to a table begins: an attachment, a section, a signature, a site's footer."""
    stop = _TABLE_END.search(text, start)
    return tail_after(text, start, stop.start() if stop else len(text))


def _table(flow: Flow, head: re.Match[str], limit: int) -> tuple[Grid | None, int]:
    headers = WORD.findall(head.group())
    roles = [header_role(word) for word in headers]
    if is_target_table(roles):
        return _targets(flow, headers, head.end(), limit)
    if not is_task_table(roles) or head.end() >= limit:
        return None, head.end()
    starts = [*_row_starts(flow, roles, head.end(), limit)]
    if len(starts) < 2:  # noqa: PLR2004 -- one number does not make a table
        return None, head.end()
    unknown = flow.text[head.end() : starts[0][0]].strip("\n")
    if 2 <= len(unknown) <= 8 and unknown.isalpha():  # noqa: PLR2004 -- a last header that no list knows
        headers, roles = [*headers, unknown], [*roles, header_role(unknown) or "note"]
    grid = Grid(
        carries=False, roles=roles if roles[0] == "number" else ["number", *(role for role in roles if role != "number")], headers=headers
    )
    columns = grid.roles[1:]
    end = head.end()
    lexicon = read_lexicon(flow.text, head.end(), limit)
    for (start, body), following in zip(starts, [*(at for at, _ in starts[1:]), limit], strict=True):
        cells, end = _cells(flow, columns, body, min(following, body + _LONGEST_ROW), lexicon, last=following == limit)
        grid.rows.append([cell_at(flow, start, body), *cells])
    return grid, end


def _row_starts(flow: Flow, roles: list[str | None], start: int, limit: int) -> Iterator[tuple[int, int]]:
    """Where 1, 2, 3, … begin rows: at the head of a line, after a blank, or after words that can end a row."""
    text = flow.text
    due: int | None = None
    last = next((role for role in reversed(roles) if role not in {"note", None}), None)
    position = reached = start
    while position < limit:
        found = _ROW_NUMBER.search(text, position, min(limit, reached + 2 * _LONGEST_ROW))
        if found is None:
            return
        position = found.end()
        if int(found.group()) not in ({1, 2} if due is None else {due}):
            continue
        begins = found.start() == start or text[found.start() - 1] == "\n" or flow.is_gap(found.start())
        body = found.end() + (text[found.end() : found.end() + 1] in {".", "、"})
        ends_row = (
            begins
            or _can_end(text, max(start, found.start() - 40), found.start(), last)
            or bool(HEADER.search(text, max(start, found.start() - 60), found.start()))
        )
        if ends_row and _ROW_START.match(text[body : body + 5].lstrip("\n")):
            yield found.start(), body
            due, reached = int(found.group()) + 1, body


def _can_end(text: str, start: int, end: int, role: str | None) -> bool:
    before = text[start:end]
    if role == "deadline":
        return bool(re.search(rf"(?:{_TIME.pattern})$", before)) and not re.search(r"\d年$", before)
    if role in {"lead", "responsible"}:
        return bool(_SUFFIX_END.search(before)) or before.endswith(("等", "配合", "负责"))
    return before.endswith(("。", ";"))


def _cells(flow: Flow, columns: list[str | None], start: int, end: int, lexicon: Lexicon, *, last: bool) -> tuple[list[Cell | None], int]:
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
    borders = sorted({start, end, *_borders(flow, start, end, lexicon), *(_persons(flow.text, start, end) if "person" in columns else ())})
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
        return 1.0 if _TIME.fullmatch(cell.text) else 0.2 if cell.text[0].isdigit() and is_time(cell.text) else -1.0
    if role == "person":
        return 0.9 if _PERSON.fullmatch(cell.text) else -0.3
    broken = (
        cell.text[0] in "、,;)"
        or cell.text[-1] in "、,("
        or _UNITS_END.search(cell.text)
        or is_plain_unit(cell.text)
        or _TIME.fullmatch(cell.text)
    )
    return 0.2 if broken else 0.7 if _DOES.match(cell.text) else 0.6


def _persons(text: str, start: int, end: int) -> Iterator[int]:
    """Where names of people may end, behind the stop that closes a requirement: `…三个。李四市教育局`."""
    for found in _AFTER_STOP.finditer(text, start, end):
        yield from (found.end(), *(found.end() + length for length in (2, 3) if found.end() + length < end))


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
    for time in _TIME.finditer(text, start, end):
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


def _targets(flow: Flow, headers: list[str], start: int, limit: int) -> tuple[Grid | None, int]:
    """Names and numbers by turns, whatever separates them."""
    grid = Grid(["unit", "target"], headers)
    end = start
    pieces = [*re.finditer(r"(?P<name>[\u4e00-\u9fff()、]{2,24})\n?(?P<count>\d{1,5}(?:-\d{1,5})?)(?=\D|$)", flow.text[start:limit])]
    for piece in pieces:
        if piece.start() > end - start + 40:
            break
        name, count = piece.span("name"), piece.span("count")
        grid.rows.append([cell_at(flow, start + name[0], start + name[1]), cell_at(flow, start + count[0], start + count[1])])
        end = start + piece.end()
    return grid, end
