"""What the columns of a plan's tables hold, told from their printed headers and from the words in their cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from flows.sources.plans.names import is_plain_unit, looks_like_unit
from flows.sources.plans.persons import PERSONS
from flows.sources.plans.times import is_time_cell
from flows.sources.plans.words import words

_PATTERNS = tuple(
    (word.role, re.compile(word.pattern, re.IGNORECASE)) for word in words("header")
)  # the first that matches a whole header decides
_SCORE = re.compile(r"(?:评分|扣分|计分|分值|得分|赋分|权重)|[^|]{0,6}(?:分值|得分)$")  # a table that gives marks asks nothing to be done
_AIMS = frozenset(["目标任务", "任务目标", "工作目标", "目标"])
_OF_PERSONS = re.compile(r"姓名|职[务称]|电话|邮|[编代]码|地址|网址")
_COUNTED = re.compile(r"[数量条篇]|指标")
_NO_TASK = re.compile(r"对象|姓名|名单|名称$|职[务称]|地[址点]|网址|电话|邮|[编代]码|法人|面积|金额|规模|等级|性别|[学企]|公司|图|日期")
UNIT_ROLES = frozenset({"lead", "responsible"})
TEXT_ROLES = frozenset({"task", "detail", "head"})


@lru_cache(maxsize=4096)
def header_role(cell: str) -> str | None:
    """The role of a column by its header (folded, squeezed): `牵头单位` → lead, `时限要求` → deadline; None for what is no header."""
    if not 1 <= len(cell) <= 24:  # noqa: PLR2004 -- headers are short
        return None
    if _SCORE.match(cell):
        return "score"
    if cell.startswith("公开") and re.fullmatch(r"公开(?:渠道|方式|形式|主体|时限|层级|对象|载体|依据).*", cell):
        return "catalogue"
    role = next((role for role, pattern in _PATTERNS if pattern.fullmatch(cell)), None)
    shorter = _ADDED.sub("", cell)
    return header_role(shorter) if role is None and shorter != cell else role


_ADDED = re.compile(r"(?<=..)(?:清单|\([^()]*\))$")  # 责任清单, 推进情况(1-3月)


def header_roles(cells: list[str]) -> list[str | None] | None:
    """The roles of a header row, or None where the row is no header of a table of tasks, targets or units."""
    roles = [header_role(cell) if cell else None for cell in cells]
    known = [role for role in roles if role]
    filled = sum(bool(cell) for cell in cells)
    if len(known) < 2 or len(known) < 0.6 * filled:  # noqa: PLR2004 -- one known word does not make a header
        return None
    if TEXT_ROLES & set(roles):  # 目标任务 | 主要内容: what is aimed at, no number of items
        roles = ["head" if cell in _AIMS else role for role, cell in zip(roles, cells, strict=True)]
        roles = ["detail" if role == "target" and not _COUNTED.search(cell) else role for role, cell in zip(roles, cells, strict=True)]
    if "number" in roles and (UNIT_ROLES | {"deadline"}) & set(roles) and not TEXT_ROLES & set(roles):
        unknown = next((at for at, role in enumerate(roles) if role is None and cells[at] and not _NO_TASK.search(cells[at])), None)
        if unknown is not None:
            roles[unknown] = "task"  # 序号 | 民生实事 | 责任单位: a word of its own for what is to be done
    if "deadline" in roles and TEXT_ROLES & set(roles) and not UNIT_ROLES & set(roles):
        roles = ["responsible" if role == "unit" else role for role in roles]  # 部门 | 工作任务 | 完成时限
    return roles


_NO_UNIT_COLUMN = re.compile(
    r"公开|成员|名称|发布|报送|报告|监督|举报|来源|网站|姓名|联系|填报|受理|审[批核]|主送|编制|收文|范围|对象|依据|地[区点]|区域"
)
_LEADS = re.compile(r"[牵领首]|主(?!体)")
_FEWEST_KNOWN = 0.7  # share of a column's cells that must be names, or times, where its header does not say so
_FEWEST_FILLED = 0.6


def roles_by_content(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str | None] | None:
    """The roles of columns whose headers no list knows, told by what the cells of `rows` hold; None where they make no table of tasks.

    Every word of a header that is known keeps its role; an unknown word over names of units, times or running numbers has that role,
    over words the first one is what is to be done.
    """
    known = [header_role(header) if header else None for header in headers]
    if len(rows) < 2 or len(headers) < 2 or "catalogue" in known or "score" in known or "target" in known:  # noqa: PLR2004 -- one row or column tells nothing
        return None
    if not all(_could_head(header) for header in headers):
        return None
    columns = [[row[at] for row in rows[:_LOOKED_AT] if at < len(row) and row[at]] for at in range(len(headers))]
    roles = [
        role or _role_of(header, cells, min(len(rows), _LOOKED_AT)) for role, header, cells in zip(known, headers, columns, strict=True)
    ]
    texts = [at for at, (role, cells) in enumerate(zip(roles, columns, strict=True)) if role is None and _are_words(headers[at], cells)]
    if texts and not TEXT_ROLES & set(roles):
        roles[texts[0]] = "task"
    return roles if is_task_table(roles) and UNIT_ROLES & set(roles) and _told(headers, roles, known) else None


def completed_roles(headers: Sequence[str], roles: Sequence[str | None], rows: Sequence[Sequence[str]]) -> list[str | None]:
    """The roles of a header of which some words are known, with what the cells say of the others."""
    roles = _staged(roles, rows)
    if {"deadline"} <= set(roles) and UNIT_ROLES & set(roles) and not TEXT_ROLES & set(roles):
        roles = [*roles]
        unnamed = next((at for at, role in enumerate(roles) if role is None and headers[at] and not _OF_PERSONS.search(headers[at])), None)
        if unnamed is not None:
            roles[unnamed] = "task"  # 行业名称 | 时间安排 | 责任单位: what is done when and by whom
    if not (is_task_table(roles) and UNIT_ROLES & set(roles)):
        return roles_by_content(headers, rows) or [*roles]
    done: list[str | None] = []
    rows = [
        row for row in rows if len(row) >= len(headers)
    ]  # in a row that merged cells have shortened every place may be another column's
    for at, (header, role) in enumerate(zip(headers, roles, strict=True)):
        cells = [row[at] for row in rows[:_LOOKED_AT] if at < len(row) and row[at]]
        told = role or _role_of(header, cells, min(len(rows), _LOOKED_AT))
        done.append(told or ("detail" if cells and _are_words(header, cells) else None))
    return done


def _staged(roles: Sequence[str | None], rows: Sequence[Sequence[str]]) -> list[str | None]:
    """The roles with the column as times whose cells say what is to be done by which quarter, where no other column holds times; aims in words are tasks."""
    cells = [[row[at] for row in rows[:_LOOKED_AT] if len(row) == len(roles) and row[at]] for at in range(len(roles))]
    if not TEXT_ROLES & set(roles):
        roles = [
            "task" if role == "target" and its and all(map(_SAYS_WHAT.search, its)) else role
            for role, its in zip(roles, cells, strict=True)
        ]
    staged = [
        role in {"detail", "target", None} and len(its) > 1 and all(map(_PROGRESS.fullmatch, its))
        for role, its in zip(roles, cells, strict=True)
    ]
    if "deadline" in roles or sum(staged) != 1:
        return [*roles]
    return ["deadline" if is_staged else role for role, is_staged in zip(roles, staged, strict=True)]


_SAYS_WHAT = re.compile(r"[\u4e00-\u9fff]{4}")  # 年度预期目标 above 新增管网20公里; 不少于20条 is a count
_OF_TARGETS = re.compile(r"任务|目标|指标|计划")
_MEASURE = re.compile(r"面积|数|量|[(](?:万|亿)?(?:亩|公顷|吨|元|户|人|个|条|件|项|辆|台|千瓦|平方米)[)]|任务|目标|指标|规模|装机")


def target_roles(headers: Sequence[str], rows: Sequence[Sequence[str]], above: str) -> list[str | None] | None:
    """The roles of a table of names and numbers that its title or header calls targets: 省份 | 作业面积(万亩); None for any other."""
    if len(rows) < 3 or not _OF_TARGETS.search(above + "".join(headers)):  # noqa: PLR2004 -- two lines are no table of targets
        return None
    columns = [[row[at] for row in rows[:_LOOKED_AT] if at < len(row) and row[at]] for at in range(len(headers))]
    numeric = [bool(cells) and all(re.fullmatch(r"\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?", cell) for cell in cells) for cells in columns]
    named = [bool(cells) and all(re.fullmatch(r"[\u4e00-\u9fff()]{2,16}", cell) for cell in cells) for cells in columns]
    name = next((at for at, is_name in enumerate(named) if is_name), None)
    if name is None:
        return None
    count = next((at for at in range(name + 1, len(headers)) if numeric[at] and _MEASURE.search(headers[at])), None)
    return None if count is None else ["unit" if at == name else "target" if at == count else None for at in range(len(headers))]


_LOOKED_AT = 12  # rows
_LONGEST_HEADER = 14
_SHORTEST_WORDS = 5


def _could_head(header: str) -> bool:
    """False for sentences, numbers and names of units: those are data."""
    if len(header) > _LONGEST_HEADER or re.search(r"[。;,、]|^\d+$", header):
        return False
    return header_role(header) is not None or header.endswith(("单位", "部门", "科室", "处室", "股室")) or not is_plain_unit(header)


def _role_of(header: str, cells: Sequence[str], rows: int) -> str | None:
    """The role that nearly all cells of a column suit, by one that its header does not speak against."""
    if not header or len(cells) < _FEWEST_FILLED * rows:
        return None
    for role, speaks_against in (("number", None), ("deadline", None), ("responsible", _NO_UNIT_COLUMN)):
        if sum(cell_fits(role, cell) for cell in cells) >= _FEWEST_KNOWN * len(cells) and not (
            speaks_against and speaks_against.search(header)
        ):
            return "lead" if role == "responsible" and _LEADS.search(header) else role
    return None


def _are_words(header: str, cells: Sequence[str]) -> bool:
    return bool(header) and not _NO_TASK.search(header) and sum(map(len, cells)) >= _SHORTEST_WORDS * max(1, len(cells))


def _told(headers: Sequence[str], roles: Sequence[str | None], known: Sequence[str | None]) -> bool:
    """True where a word is known besides, or a column of numbers shows that the rows are a list."""
    return any(known) or "number" in roles or len(headers) > 2  # noqa: PLR2004


def joined_headers(pieces: Sequence[str], width: int, rows: Sequence[Sequence[str]] = ()) -> list[str] | None:
    """Pieces of broken headers (责任 领导 责任 科室) put together to `width` columns so that most of them are words that are known.

    Of two readings the one wins whose words suit what the cells of `rows` hold in the same columns.
    """
    best: dict[int, tuple[float, list[str]]] = {0: (0.0, [])}
    for column in range(width):
        cells = [row[column] for row in rows[:_LOOKED_AT] if column < len(row) and row[column]]
        reached: dict[int, tuple[float, list[str]]] = {}
        for used, (value, words_) in best.items():
            for take in range(1, min(_MOST_JOINED, len(pieces) - used) + 1):
                word = "".join(pieces[used : used + take])
                worth = value + _worth_as_header(word, cells) - 0.05 * (take - 1)
                if used + take not in reached or worth > reached[used + take][0]:
                    reached[used + take] = (worth, [*words_, word])
        best = reached
    return best[len(pieces)][1] if len(pieces) in best else None


def _worth_as_header(word: str, cells: Sequence[str]) -> float:
    """How much speaks for a word being the header of a column of such cells."""
    role = header_role(word)
    if role is None or _TORN.match(word):
        return 0.0
    worth = 1.0 + _WHOLE * (len(word) > 3 or word == "序号")  # noqa: PLR2004
    return worth + (sum(cell_fits(role, cell) for cell in cells) / len(cells) - 0.5 if cells and role in _JUDGED else 0.0)


def spanned_headers(upper: Sequence[str], lower: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str] | None:
    """The headers of all columns where `lower` names the parts of some that stand side by side in `upper`; which, is told by the cells.

    None where the two rows do not make up the width of `rows` (their filled cells).
    """
    width = max(map(len, rows), default=0)
    whole = [row for row in rows if len(row) == width][:_LOOKED_AT]
    parted = len(upper) + len(lower) - width
    if not 1 <= parted <= len(upper) or len(lower) <= parted or not any(map(header_role, lower)) or not all(map(_could_head, lower)):
        return None
    options = [[*upper[:at], *lower, *upper[at + parted :]] for at in range(len(upper) - parted + 1)]
    return max(options, key=lambda headers: sum(cell_fits(header_role(word), row[at]) for row in whole for at, word in enumerate(headers)))


_MOST_JOINED = 4
_JUDGED = frozenset({"number", "lead", "responsible", "deadline"})
_TORN = re.compile(r"(?:单位|部门|名称|时限|时间|期限|要求|号).")  # 部门配合部门: the end of one header glued to the next
_WHOLE = 0.3  # 责任领导 rather than 责任 and 领导


def is_task_table(roles: Sequence[str | None]) -> bool:
    """A table whose rows are tasks: something to do, and a unit or a time for it; a catalogue of what is disclosed is none."""
    if roles.count("catalogue") > 1 or "target" in roles or ("score" in roles and "deadline" not in roles):
        return False
    return bool(TEXT_ROLES & set(roles)) and bool((UNIT_ROLES | {"deadline"}) & set(roles))


def is_target_table(roles: Sequence[str | None]) -> bool:
    """A table of units and the number of items each is to disclose, which stands behind its unit."""
    return (
        "target" in roles and bool({"unit", "responsible"} & set(roles[: roles.index("target")])) and not {"deadline", "lead"} & set(roles)
    )


_BEFORE_TIME = re.compile(r"[^\d年季上下长持全常每今本]*")  # 县住建局 before 10月底前 is a cell of its own
_NESTED = re.compile(r"\([^()]*\)")
_HOLDS_TIME = re.compile(r"(?:20\d\d年)?\d{1,2}月|20\d\d年")  # 2月公开预算,8月公开决算
_WHEN = r"(?:20\d\d年)?(?:第?[一二三四1-4]季度|\d{1,2}(?:-\d{1,2})?月|[上下]半年|年底)"
_PROGRESS = re.compile(rf"{_WHEN}[^;。]{{2,120}}(?:[;。]{_WHEN}[^;。]{{2,120}})+。?")  # 一季度完成立项;二季度开工;四季度完工
_LONGEST_TIME = 40
_ROLE_BEHIND = re.compile(
    r"(?:等(?:相关|有关)?(?:部门|单位)?)?(?:按照?职责(?:分工)?|分别|共同|联合|具体)*(?:牵头|配合|负责|落实|参与|参加|协助|协同|督导|组织|实施|承办|主办|协办)*$"
)  # 办公室牵头,各科室配合


_BETWEEN = re.compile(r"[、,;]")
_LONGEST_NAME = 60  # with the words that say its role


@lru_cache(maxsize=8192)
def _name_fits(part: str) -> float:
    """1 for what can only be a unit's name, 0.8 for what ends as one does."""
    if len(part) > _LONGEST_NAME:
        return 0.0
    name = _ROLE_BEHIND.sub("", part)
    return 1.0 if is_plain_unit(name) else 0.8 * looks_like_unit(name)


@lru_cache(maxsize=8192)
def cell_fits(role: str | None, cell: str) -> float:
    """How well a cell's words suit a column, from 0 to 1: used where the text alone must tell which cell is which."""
    if role in _SHAPES:
        return float(bool(_SHAPES[role].fullmatch(cell)))
    if role == "deadline":
        return _time_fits(cell)
    if role in UNIT_ROLES:
        names = [_name_fits(part) for part in _BETWEEN.split(_NESTED.sub("", cell)) if part]
        return max(sum(names) / len(names) if names else 0.0, _name_fits(cell))  # 镇(街道) is none without its bracket
    if role == "person" and PERSONS.fullmatch(cell):
        return 1.0
    return 0.1 if _ROW_NUMBER.fullmatch(cell) else _AS_WORDS.get(role, 0.6) - 0.4 * cell_fits("lead", cell)


def _time_fits(cell: str) -> float:
    before = _BEFORE_TIME.match(cell)
    if before and looks_like_unit(before.group()):
        return 0.0
    if _PROGRESS.fullmatch(cell):
        return 1.0
    return 1.0 if is_time_cell(cell) else 0.5 * bool(len(cell) <= _LONGEST_TIME and _HOLDS_TIME.match(cell))


_ROW_NUMBER = re.compile(r"\d{1,3}")
_AS_WORDS = {None: 0.5, "note": 0.45, "person": 0.4}  # how well words of any kind suit the columns that rows seldom fill
# role → what its cells look like, where their form alone tells
_SHAPES = {
    "number": re.compile(r"\d{1,3}[.、]?"),
    "target": re.compile(r"[\d.]+(?:-[\d.]+)?"),
    "unit": re.compile(r"[\u4e00-\u9fff()、]{2,20}"),
}
