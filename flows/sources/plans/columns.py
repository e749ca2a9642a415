"""What the columns of a plan's tables hold, told from their printed headers and from the words in their cells."""

from __future__ import annotations

import re
from functools import lru_cache

from flows.sources.plans.names import is_plain_unit, looks_like_unit
from flows.sources.plans.times import is_time_cell

# role → headers that mean it; the first pattern that matches a whole header decides; one example each
_HEADERS = (
    ("number", r"序号|编号|序列|序|项次|条目|№|no\.?|序数"),
    (
        "target",
        r"[^|]{0,12}(?:目标(?:任务)?(?:数量?|条数|数|值|篇数)?|任务(?:条数|数量|数|目标数|指标)|条数|篇数|(?:信息)?(?:公开|发布|报送|上报)?数量?(?:\(.{1,4}\))?|指标数|任务量)",
    ),  # 目标任务条数
    (
        "lead",
        r"(?![^|]*(?:领导|负责人|责任人))(?:[^|]{0,6}牵头|主办|主责|主要责任|第一责任)[^|]{0,8}(?:单位|部门|科室|处室|股室|机关|机构)?(?:\(.*\))?|牵头|主办",
    ),
    ("person", r"[^|]{0,8}(?:领导|责任人员?|负责人|联系人|联络员|联系电话|电话|经办人|分管|签收人)(?:及[^|]*)?(?:\(.*\))?"),
    (
        "responsible",
        (
            r"(?!成员)[^|]{0,8}(?:责任|配合|协办|协助|承办|承担|实施|落实|参与|参加|负责|主体|执行|完成|协同)(?:责任)?(?:单位|部门|科室|处室|股室|机关|机构|主体|分工)[^|]{0,6}(?:\(.*\))?"
            r"|责任分工|任务分工|职责分工|分工|责任|配合"
        ),
    ),
    (
        "deadline",
        r"[^|]{0,8}(?:时限|期限|完成时间|时间要求|时间节点|时间安排|工作时间|推进时间|实施时间|截止时间|截止日期|完成日期|完成情况时间|进度要求|时间进度|进度安排|时间)(?:要求|安排|节点)?(?:\(.*\))?|频次|完成时效",
    ),
    (
        "unit",
        r"(?:单位|部门|科室|乡镇|镇街|街镇|镇\(街道\)|乡镇\(街道\)|各?单位名称|部门名称|单位\(部门\)|部门\(单位\)|名称|镇乡|区县|县区|县\(市、区\)|市\(州\)|责任单位名称)",
    ),
    ("total", r"合计|总计|汇总|小计|总数|共计"),
    (
        "head",
        r"[^|]{0,10}(?:存在问题|主要问题|问题(?:表现|清单|描述)?|任务类型|类型|类别|类|任务分类|分类|领域|一级指标|板块|方面|大项|专项|重点领域|工作项目|(?:重点|主要)?(?:工作|任务)?(?:项目|事项)|序号任务)",
    ),
    (
        "task",
        (
            r"[^|]{0,12}(?:工作任务|重点任务|主要任务|任务名称|任务|工作重点|重点工作|主要工作|工作事项|事项|项目|工作内容|重点内容|任务内容|主要内容|内容|工作要点|要点|公开要点|举措|措施|工作|具体任务|分解任务|分项任务|实事|(?:项目|事项|实事)名称|整改(?:目标|措施|任务|内容)|目标和?(?:措施|任务))"
            r"(?:及[^|]{0,8}|\(.*\))?"
        ),
    ),
    (
        "detail",
        r"[^|]{0,12}(?:具体要求|工作要求|任务要求|要求|具体内容|具体措施|工作措施|措施|标准|目标|工作目标|任务目标|落实措施|推进措施|实施内容|建设内容|成果形式|工作标准|具体工作|主要举措|工作举措|评估要点)(?:\(.*\))?",
    ),
    (
        "note",
        r"备注|说明|参考文件|依据|[^|]{0,6}依据|文件依据|附件|进展[^|]{0,4}|完成情况|落实情况|工作进展|分值|得分|评分[^|]{0,6}|权重|[^|]{0,6}分值|公开(?:渠道|方式|形式|主体|时限|内容|层级|对象|载体)|位置|面积.*|投资.*|资金.*|年份",
    ),
)
_PATTERNS = tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in _HEADERS)
_SCORE = re.compile(r"(?:评分|扣分|计分|分值|得分|赋分|权重)|[^|]{0,6}(?:分值|得分)$")  # a table that gives marks asks nothing to be done
_AIMS = frozenset(["目标任务", "任务目标", "工作目标", "目标"])
_NO_TASK = re.compile(r"姓名|名单|名称$|职[务称]|地[址点]|网址|电话|邮|[编代]码|法人|面积|金额|规模|等级|性别|[学企]|公司|图|日期")
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
    return next((role for role, pattern in _PATTERNS if pattern.fullmatch(cell)), None)


def header_roles(cells: list[str]) -> list[str | None] | None:
    """The roles of a header row, or None where the row is no header of a table of tasks, targets or units."""
    roles = [header_role(cell) if cell else None for cell in cells]
    known = [role for role in roles if role]
    filled = sum(bool(cell) for cell in cells)
    if len(known) < 2 or len(known) < 0.6 * filled:  # noqa: PLR2004 -- one known word does not make a header
        return None
    if TEXT_ROLES & set(roles):  # 目标任务 | 主要内容: what is aimed at, no number of items
        roles = ["head" if cell in _AIMS else role for role, cell in zip(roles, cells, strict=True)]
    if "number" in roles and (UNIT_ROLES | {"deadline"}) & set(roles) and not TEXT_ROLES & set(roles):
        unknown = next((at for at, role in enumerate(roles) if role is None and cells[at] and not _NO_TASK.search(cells[at])), None)
        if unknown is not None:
            roles[unknown] = "task"  # 序号 | 民生实事 | 责任单位: a word of its own for what is to be done
    if "deadline" in roles and TEXT_ROLES & set(roles) and not UNIT_ROLES & set(roles):
        roles = ["responsible" if role == "unit" else role for role in roles]  # 部门 | 工作任务 | 完成时限
    return roles


def is_task_table(roles: list[str | None]) -> bool:
    """A table whose rows are tasks: something to do, and a unit or a time for it; a catalogue of what is disclosed is none."""
    if roles.count("catalogue") > 1 or "target" in roles or ("score" in roles and "deadline" not in roles):
        return False
    return bool(TEXT_ROLES & set(roles)) and bool((UNIT_ROLES | {"deadline"}) & set(roles))


def is_target_table(roles: list[str | None]) -> bool:
    """A table of units and the number of items each is to disclose."""
    return "target" in roles and bool({"unit", "responsible"} & set(roles)) and not {"deadline", "lead"} & set(roles)


_BEFORE_TIME = re.compile(r"[^\d年季上下长持全常每今本]*")  # 县住建局 before 10月底前 is a cell of its own
_NESTED = re.compile(r"\([^()]*\)")
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


def cell_fits(role: str | None, cell: str) -> float:
    """How well a cell's words suit a column, from 0 to 1: used where the text alone must tell which cell is which."""
    if role == "number":
        return 1.0 if re.fullmatch(r"\d{1,3}[.、]?", cell) else 0.0
    if role == "deadline":
        before = _BEFORE_TIME.match(cell)
        return 1.0 if is_time_cell(cell) and not (before and looks_like_unit(before.group())) else 0.0
    if role in UNIT_ROLES:
        names = [_name_fits(part) for part in _BETWEEN.split(_NESTED.sub("", cell)) if part]
        return sum(names) / len(names) if names else 0.0
    like_unit = cell_fits("lead", cell)
    return 0.1 if re.fullmatch(r"\d{1,3}", cell) else 0.6 - 0.4 * like_unit
