"""Invented plans whose answers are known: random outlines, clause forms, layouts and noise, drawn by whoever chooses.

`draw_plan(choose)` asks `choose(options)` for every decision, so Hypothesis can shrink what fails and a plain random generator can
measure accuracy over thousands of plans.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]

YEAR = 2023
UNITS = [
    "市政府办公室",
    "市委网信办",
    "市发展改革委",
    "市财政局",
    "市自然资源和规划局",
    "市住房和城乡建设局",
    "市人力资源社会保障局",
    "市委宣传部(市新闻办)",
    "市大数据发展中心",
    "市行政审批局",
    "市税务局",
    "各县(市、区)人民政府",
    "市政府各部门",
    "市级有关单位",
    "各镇(街道)",
    "台山海关",
    "市城投集团",
    "市市场监管局",
    "市委编办",
    "国家统计局台山调查队",
    "市文化广电旅游局",
    "高新区管委会",
    "市融媒体中心",
    "市公安局",
    "市司法局",
    "市港航口岸和渔业局",
    "各乡镇人民政府、街道办事处",
    "市供销社",
    "市疫情防控指挥部",
    "人行台山市分行",
    "市人民检察院",
]
DEADLINES = (
    ("2023年6月底前", "2023-06-30"),
    ("9月30日前", "2023-09-30"),
    ("年底前", "2023-12-31"),
    ("2023年11月底", "2023-11-30"),
    ("长期坚持", "ongoing"),
    ("持续推进", "ongoing"),
    ("全年", "year_round"),
    ("三季度前", "2023-09-30"),
    ("2023年10月底前完成", "2023-10-31"),
    ("2024年4月", "2024-04-30"),
    ("上半年", "2023-06-30"),
    ("2月底前", "2023-02-28"),
    ("每季度末", "ongoing"),
    ("12月20日前", "2023-12-20"),
)
TITLES = (
    "推进财政资金信息公开",
    "健全“一网通办”服务机制",
    "落实《政府信息公开条例》各项要求",
    "优化政策解读和回应关切",
    "规范政务新媒体运维管理",
    "扩大公众参与,用好意见征集",
    "编制主动公开基本目录(2023年版)",
    "加强重大建设项目批准和实施领域公开",
    "做好“六稳”“六保”政策发布",
    "完善依申请公开办理流程",
    "提升政府网站集约化水平",
    "强化公共企事业单位信息公开",
    "建好基层政务公开专区",
    "办好12345热线知识库",
    "推动行政执法全过程记录",
    "开展第三方评估及结果运用",
)
SENTENCES = (
    "按季度更新栏目内容,全年发布不少于20条。",
    "新增投资3.5亿元,覆盖率达到90%以上。",
    "坚持“谁制定、谁解读”原则,同步组织、同步审签、同步部署。",
    "各单位(含下属单位)要明确专人负责。",
    "到2025年,形成全面覆盖的公开体系。",
    "在决定作出之日起20个工作日内公开。",
    "对照第一、二批清单逐项梳理。",
    "围绕教育、卫生、社保等领域,细化公开内容;对群众关切及时回应。",
    "加强与相关部门(单位)沟通。",
    "每年1月31日前发布年度报告。",
    "一是完善制度,二是加强培训,三是严格考核。",
    "结合本地实际,创新方式方法。",
    "有关情况见《工作规范》(试行)第三条。",
    "做到应公开尽公开、应上网尽上网。",
)
_CN = "一二三四五六七八九十"


def cn(number: int) -> str:
    if number <= 10:
        return _CN[number - 1]
    return ("" if number < 20 else _CN[number // 10 - 1]) + "十" + ("" if number % 10 == 0 else _CN[number % 10 - 1])


@dataclass
class KnownTask:
    number: str
    title: str
    lead: list[str]
    responsible: list[str]
    deadline: str = "none"


@dataclass
class KnownPlan:
    text: str = ""
    tasks: list[KnownTask] = field(default_factory=list)
    layout: str = ""


def _units(choose: Choose[str], most: int = 4) -> list[str]:
    """One to `most` different names, one string a name; a name of two (各乡镇人民政府、街道办事处) counts as the two it prints."""
    names: list[str] = []
    for _ in range(choose(range(1, most + 1))):
        name = choose(UNITS)
        if name not in names:
            names.append(name)
    return names


def _printed(names: list[str], choose: Choose[str]) -> str:
    return choose(("、", "、", ",")).join(names)


def _flat(names: list[str]) -> list[str]:
    return [part for name in names for part in (name.split("、") if "(" not in name else [name])]


def _clause(choose: Choose[str], glued: bool = False) -> tuple[str, list[str], list[str], str]:
    """A clause as printed, with its lead units, responsible units and deadline."""
    lead, other = _units(choose, 2), _units(choose)
    other = [name for name in other if name not in lead] or ["市审计局"]
    words, on = choose(DEADLINES)
    a, b = _printed(lead, choose), _printed(other, choose)
    forms = [
        (f"(责任单位:{b})", [], other, "none"),
        (f"(牵头单位:{a};责任单位:{b})", lead, other, "none"),
        (f"(牵头单位:{a},配合单位:{b},完成时限:{words})", lead, other, on),
        (f"({a}牵头,{b}配合)", lead, other, "none"),
        (f"({b}按职责分工负责)", [], other, "none"),
        (f"({b})", [], other, "none"),
        (f"(责任单位:{b}等相关部门;完成时限:{words})", [], other, on),
        (
            f"({a}牵头,{b}等按职责分工负责,{words})" if "每" not in words else f"({a}牵头,{b}配合)",
            lead,
            other,
            on if "每" not in words else "none",
        ),
        (f"责任单位:{b}", [], other, "none"),
        (f"牵头单位:{a} 配合单位:{b} 完成时限:{words}", lead, other, on),
        (f"牵头部门:{a}。责任部门:{b}。完成时间:{words}。", lead, other, on),
        (f"【责任单位:{b}】", [], other, "none"),
        (f"由{a}牵头,{b}配合。", lead, other, "none"),
    ]
    if glued:
        forms = [forms[i] for i in (0, 1, 2, 3, 4, 6, 8, 9)]
    text, leads, others, deadline = choose(forms)
    return text, _flat(leads), [name for name in _flat(others) if name not in _flat(leads)] if not leads else _flat(others), deadline


def draw_plan(choose: Choose) -> KnownPlan:  # type: ignore[type-arg]
    """A plan in one of all layouts."""
    layout = choose(
        ("lines", "lines", "lines", "run-on", "wrapped", "blank lines", "bars", "stacked", "stacked tight", "flattened", "flattened blanks")
    )
    plan = KnownPlan(layout=layout)
    head = _head(choose)
    in_outline = layout in {"lines", "run-on", "wrapped", "blank lines"}
    body = _outline(plan, choose, layout) if in_outline else _table(plan, choose, layout)
    plan.text = _laid_out(head, body, layout)
    return plan


def _head(choose: Choose) -> list[str]:  # type: ignore[type-arg]
    title = f"台山市{YEAR}年政务公开工作{choose(('要点', '方案', '任务分工', '安排'))}"
    if choose((True, False)):
        return [title, "为做好政务公开工作,结合实际,制定本方案。"]
    return [
        f"台山市人民政府办公室关于印发{title}的通知",
        f"台政办发〔{YEAR}〕12号",
        "各县(市、区)人民政府,市政府各部门:",
        f"《{title}》已经市政府同意,现印发给你们,请认真贯彻执行。",
        "台山市人民政府办公室",
        f"{YEAR}年4月3日",
        title,
    ]


def _outline(plan: KnownPlan, choose: Choose, layout: str) -> list[str]:  # type: ignore[type-arg]
    style = choose(("cn-cnb", "cn-cnb-num", "cn-num", "running", "wide"))
    lines: list[str] = []
    sections = choose(range(1, 4))
    running = 0
    if choose((True, False)):
        lines += ["一、总体要求", "坚持以公开为常态,不断提升透明度。"]
    first = 2 if lines else 1
    titles = iter([*TITLES])
    for section in range(first, first + sections):
        lines.append(f"{cn(section)}、{choose(('抓好重点领域公开', '深化政策公开,优化服务', '加强平台建设'))}")
        for index in range(1, choose(range(2, 5)) + 1):
            running += 1
            title = next(titles, None)
            if title is None:
                break
            number = {
                "cn-cnb": f"({cn(index)})",
                "cn-cnb-num": f"({cn(index)})",
                "cn-num": f"{index}.",
                "running": f"{running}.",
                "wide": f"（{cn(index)}）",
            }[style]
            if style == "cn-cnb-num":
                lines.append(f"{number}{choose(('扩大公开范围', '健全工作机制', '夯实公开基础'))}")
                for sub in range(1, choose((1, 2, 3)) + 1):
                    inner = title if sub == 1 else next(titles, None)
                    if inner:
                        _item(plan, lines, f"{sub}.", inner, choose, layout)
            else:
                _item(plan, lines, number, title, choose, layout)
    if choose((True, False)):
        lines += [f"{cn(first + sections)}、保障措施", "(一)加强领导。各单位要高度重视。", "(二)严格考核。定期通报情况。"]
    return lines


def _item(plan: KnownPlan, lines: list[str], number: str, title: str, choose: Choose, layout: str) -> None:  # type: ignore[type-arg]
    clause, lead, responsible, deadline = _clause(choose, glued=layout == "run-on")
    words = "".join(choose(SENTENCES) for _ in range(choose((1, 2))))
    own_line = choose((True, False)) and layout != "run-on"
    after_title = choose((False, False, False, True)) and clause.startswith(("(责", "(牵"))
    if after_title:
        lines.append(f"{number}{title}{clause}")
        lines.append(words)
    elif own_line:
        lines += [f"{number}{title}。{words}", clause]
    else:
        lines.append(f"{number}{title}。{words}{clause}{choose(('', '。')) if clause.endswith(')') else ''}")
    plan.tasks.append(KnownTask(number, title, lead, responsible, deadline))


def _table(plan: KnownPlan, choose: Choose, layout: str) -> list[str]:  # type: ignore[type-arg]
    columns = choose(
        (
            ("task", "lead", "deadline"),
            ("task", "responsible", "deadline"),
            ("task", "lead", "responsible", "deadline"),
            ("responsible", "task", "deadline"),
        )
    )
    names = {
        "task": choose(("工作任务", "重点任务", "任务内容")),
        "lead": "牵头单位",
        "responsible": "责任单位",
        "deadline": choose(("完成时限", "时限要求")),
    }
    if layout == "flattened" and columns[0] == "responsible":
        columns = ("task", "responsible", "deadline")
    rows: list[list[str]] = [["序号", *(names[column] for column in columns)]]
    titles = iter(TITLES)
    for index in range(1, choose(range(3, 9)) + 1):
        lead, other = _units(choose, 2), _units(choose, 3)
        other = [name for name in other if name not in lead] or ["市审计局"]
        words, on = choose(DEADLINES)
        title = next(titles)
        cells = {"task": title, "lead": "、".join(lead), "responsible": "、".join(other), "deadline": words}
        rows.append([str(index), *(cells[column] for column in columns)])
        plan.tasks.append(
            KnownTask(str(index), title, _flat(lead) if "lead" in columns else [], _flat(other) if "responsible" in columns else [], on)
        )
    return _table_lines(rows, layout)


def _table_lines(rows: list[list[str]], layout: str) -> list[str]:
    if layout == "bars":
        return [" | ".join(row) + " |" for row in rows]
    if layout == "stacked":
        return ["\n\n".join(cell for row in rows for cell in row)]
    if layout == "stacked tight":
        return ["\n".join(cell for row in rows for cell in row)]
    if layout == "flattened":
        return ["".join(cell for row in rows for cell in row)]
    return [" ".join(row) for row in rows]


def _laid_out(head: list[str], body: list[str], layout: str) -> str:
    if layout == "run-on":
        return " ".join(head) + " " + "".join(body) + "\n"
    if layout == "blank lines":
        return "\n\n".join([*head, *body]) + "\n"
    if layout == "wrapped":
        return "\n".join(piece for line in [*head, *body] for piece in _wrapped(line)) + "\n"
    return "\n".join([*head, *body]) + "\n"


def _wrapped(line: str, width: int = 34) -> list[str]:
    return [line[at : at + width] for at in range(0, len(line), width)] or [""]


def agreement(plan: KnownPlan, answer: dict[str, object]) -> tuple[int, int, list[str]]:
    """How many fields of how many the reader has right, and what is wrong; a task too many counts as a fault."""
    got = list(answer["tasks"])  # type: ignore[call-overload]
    right = total = 0
    wrong: list[str] = []
    for known in plan.tasks:
        total += 4
        match = next((task for task in got if _same(task["title"], known.title) and _plain(task["no"]) == _plain(known.number)), None)
        if match is None:
            wrong.append(f"missing {known.number}{known.title}")
            continue
        got.remove(match)
        checks = {
            "task": True,
            "lead": [_plain(name) for name in match["lead_units"]] == [_plain(name) for name in known.lead],
            "responsible": [_plain(name) for name in match["responsible_units"]] == [_plain(name) for name in known.responsible],
            "deadline": (match["deadline_on"] or match["deadline_kind"]) == known.deadline,
        }
        right += sum(checks.values())
        wrong += [
            f"{known.number}{known.title} {name}: {match['lead_units']} {match['responsible_units']} {match['deadline_on']} {match['deadline_kind']} ≠ {known}"
            for name, ok in checks.items()
            if not ok
        ]
    wrong += [f"too many: {task['no']}{task['title']}" for task in got]
    return right, total + 4 * len(got), wrong


def _plain(text: object) -> str:
    wide = "（）：；，．１２３４５６７８９０"
    return "".join(str(text or "").translate(str.maketrans(wide, "():;,.1234567890")).split())


def _same(found: object, known: str) -> bool:
    return _plain(found).startswith(_plain(known)) or _plain(known).startswith(_plain(found) or "∅")
