"""One invented plan, its right answer, and how a reading of it in some shape is judged."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from flows.sources.plans import read_plan
from flows.workspace.errors import UnreadableSource

TITLE = "云栖区2025年政务公开重点工作安排"
INTRO = "为落实上级关于政务公开工作的要求，结合我区实际，制定本安排。"
ISSUER = "云栖区人民政府办公室"
DATED = "2025年3月18日"


@dataclass(frozen=True)
class Item:
    number: str
    title: str
    words: str
    lead: str
    responsible: tuple[str, ...]
    month: int

    @property
    def clause(self) -> str:
        return f"（牵头单位：{self.lead}；责任单位：{'、'.join(self.responsible)}；完成时限：2025年{self.month}月底前）"

    @property
    def text(self) -> str:
        return f"{self.title}。{self.words}。{self.clause}"


SECTIONS = (
    (
        "一、",
        "推进重点领域信息公开",
        (
            Item("（一）", "公开重大建设项目", "按月发布项目批准、施工和竣工信息", "区发展和改革局", ("区住房和城乡建设局", "区水利局"), 9),
            Item("（二）", "公开社会救助信息", "逐项公布救助对象、标准和金额", "区民政局", ("区医疗保障局", "区残疾人联合会"), 6),
            Item("（三）", "公开养老服务指南", "编印机构名录并附收费说明", "区民政局", ("区卫生健康局",), 10),
        ),
    ),
    (
        "二、",
        "改进政策解读回应",
        (
            Item("（一）", "完善解读制度", "重要文件与解读材料同步审签", "区政府办公室", ("区司法局", "区审计局"), 5),
            Item("（二）", "办好在线访谈", "每季度邀请部门负责人介绍政策", "区融媒体中心", ("区教育体育局", "区农业农村局"), 11),
        ),
    ),
    (
        "三、",
        "加强平台和队伍建设",
        (
            Item(
                "（一）", "整合政务新媒体", "关停长期不更新的账号", "区委网络安全和信息化委员会办公室", ("区政府办公室", "区融媒体中心"), 7
            ),
            Item("（二）", "组织业务培训", "面向乡镇和部门工作人员授课", "区人力资源和社会保障局", ("区委党校",), 4),
        ),
    ),
)
TABLE_TITLE = "云栖区2025年政务公开任务清单"
HEADER = ("序号", "工作任务", "牵头单位", "责任单位", "完成时限")
ROWS = (
    Item("1", "修订主动公开基本目录", "", "区政府办公室", ("区司法局", "区档案馆"), 3),
    Item("2", "清理失效规范性文件", "", "区司法局", ("区财政局", "区税务局"), 6),
    Item("3", "集中公布现行有效的规章和行政规范性文件", "", "区司法局", ("区政府办公室", "区档案馆"), 10),
    Item("4", "升级区政府门户网站检索功能", "", "区大数据发展中心", ("区融媒体中心", "区财政局"), 9),
    Item("5", "更新政府信息公开指南", "", "区政府办公室", ("区信访局", "区司法局"), 5),
    Item("6", "举办政府开放日活动", "", "区行政审批服务局", ("区公安局", "区税务局"), 12),
)


def cells(item: Item) -> list[str]:
    return [item.number, item.title, item.lead, "、".join(item.responsible), f"{item.month}月底前"]


TABLE = [list(HEADER), *map(cells, ROWS)]
BODY = [INTRO, *(text for mark, head, items in SECTIONS for text in (mark + head, *(item.number + item.text for item in items)))]
LINES = [TITLE, *BODY, ISSUER, DATED]


def _fold(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").strip(" .、").replace(" ", "")


def _known(item: Item) -> tuple[object, ...]:
    day = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(item.month, 31)
    return _fold(item.number), item.title, (item.lead,), item.responsible, f"2025-{item.month:02}-{day}"


IN_TEXT = [_known(item) for _, _, items in SECTIONS for item in items]
IN_TABLE = [_known(item) for item in ROWS]


@dataclass(frozen=True)
class Shape:
    """One way to hand the plan over. `tasks` are the right ones if all of it is read."""

    name: str
    data: bytes
    file: str
    tasks: tuple[tuple[object, ...], ...] = (*IN_TEXT, *IN_TABLE)


def verdict(shape: Shape) -> tuple[str, str]:
    """(right, said, wrong or silent; what is to be seen of it). Said is a refusal, or parts said to be unread with no task wrong."""
    try:
        plan = read_plan(shape.data, shape.file)
    except UnreadableSource as refused:
        return "said", f"refused: {refused.found}"
    found = [_task(task) for task in plan.as_answer()["tasks"]]
    losses = plan.content.source.losses
    odd = [task for task in found if task not in shape.tasks]
    missing = [task for task in shape.tasks if task not in found]
    lost = "; ".join(sorted({loss.kind for loss in losses}))
    if odd:
        return "wrong", f"{len(odd)} odd, {len(missing)} missing: {odd[0]}"
    if missing:
        return ("said" if losses else "silent"), f"{len(found)} of {len(shape.tasks)} tasks; {lost}"
    return "right", lost


def _task(task: dict[str, Any]) -> tuple[object, ...]:
    return _fold(task["no"]), task["title"], tuple(task["lead_units"]), tuple(task["responsible_units"]), task["deadline_on"]
