"""Documents in which no item carries a clause: which of them are plans at all, and which of their items are tasks."""

from __future__ import annotations

import re

from flows.sources.plans.model import Task
from flows.sources.plans.names import is_plain_unit
from flows.sources.plans.outline import Item
from flows.sources.plans.parts import Part
from flows.sources.plans.past import tells_what_was_done
from flows.sources.plans.shapes import fold
from flows.sources.plans.tasks import PHASE, TaskReader

_NO_TASKS = re.compile(
    r"^(?:整治|检查|工作|活动|实施|行动)?(?:目的|范围|对象|依据)(?:[和及与、](?:目的|范围|对象|意义|依据))*(?::|$)|^(?:征集|报名|申报|评选|参与|投稿|活动|适用)(?:范围|时间|方式|对象|条件|原则|办法|要求|主题|地点)$|^(?:出台|起草|制定|编制|政策|文件)?(?:的)?(?:背景|依据|背景[和及与]依据|目的意义)$|^(?:主要|核心|具体|发展)?指标(?:体系)?$|总体要求|充分认识|提高认识|提高思想|统一思想|重[要大]意义|重要性|组成人员|人员组成|指导思想|基本原则|(?:工作|总体|主要|建设|发展|行动|创建|整治|预期|改革)目标|目标任务$|工作思路|总体思路|目标要求|组织领导$|组织机构|领导机构|领导小组|工作机构|机构设置|保障措施|组织保障|工作保障|经费保障|资金保障|工作要求|有关要求|相关要求|几点要求"
    r"|组织实施$|适用范围|[\u4e00-\u9fff]{0,4}原则$|(?:实施|申报|适用|准入|项目|基本)条件$|工作原则|附则|名词解释|概述|基本情况|存在问题|分组$|(?:检查|督查|督导|巡查|核查|工作|专项|推进|协调)小?组$|工作职责|职责分工$"
)
_DEMANDS = re.compile(r"(?:工作|有关|相关|具体)要求\n?")
_NOT_A_PLAN = re.compile(
    r"制度|办法|规定|规范|细则|章程|职责|指南|条例|规程|通报|公告|公示|报告|函$|的函|批复|决定|名单|总结|解读|会议纪要|通告|倡议|标准$|规则"
)
_PLAN = re.compile(r"要点|方案|计划|安排|分工|分解|任务|行动|措施|举措|清单|意见|规划|台账|推进|加强|深化|进一步|工作的通知")
_NAMES_A_PLAN = re.compile(r"要点|方案|计划|安排|分工|分解|任务|清单")
_OF_THE_DAY = re.compile(r"(?:迎检|会议|培训|填报|报送|统计|调整|成立|征求|举办|召开|评选|检查|自查)[^《》]{0,12}通知$")
_OF_THE_PAST = re.compile(
    r"(?:同志|主任|局长|秘书长|处长|负责人|专家|部门)(?:就[^。]{2,60})?(?:解读|回答|谈)|(?:报告|总结|通报|函|公告|公示|批复|解读|纪要|名单)(?:\([^()]*\))?$"
)
_ASKS_FOR_WORK = re.compile(r"关于(?:开展|做好|推进|加强)[^《》]{2,40}工作的函$")
_HANDED_OUT = re.compile(r"印发(?:给|与)?你们|现.{0,40}印发|转发(?:给)?你们")
_HANDED_PLAN = re.compile(r"方案|要点|计划|分工|分解|任务|清单|安排|举措|措施|台账|意见|表")
_TOLD = re.compile(r"(?:有关|相关)(?:事项|事宜|要求|工作)通知如下:$")
_PLAN_ENCLOSED = re.compile(r"\n附件:[^\n]{2,60}(?:分解表|清单|方案|要点|分工)\n")
_OWN_PLAN = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|二[〇零一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日|提出(?:如下|以下)|做好(?:如下|以下)|(?:安排|部署|任务分解)如下"
)
_SECTION = re.compile(
    r"(?:(?:主要|重点|具体)[\u4e00-\u9fff]{2,4}|(?:主要|重点|具体)?(?:工作|任务)?)(?:任务|措施|内容|安排|部署|要求|举措)\n?"
)  # a section's name says nothing to be done
_CITED = re.compile(r"《[^\n]{4,120}》(?:\([^()\n]*\))?")  # what a document rests on
_PAGES = re.compile(r"[\s\[【(（](?:VIP|\d+[页頁])[\]】)）]")
_TITLE_HEAD = 10  # characters by which a title is known again
_MANY_ITEMS = 5
_SHORTEST = 6  # characters of an item with words of its own


def asks_for_work(title: str | None) -> bool:
    """True for a letter that asks others for a year's work as a notice does: 关于开展…工作的函."""
    return bool(_ASKS_FOR_WORK.search(fold(title or "")))


def is_plan(title: str | None) -> bool:
    """False for a title that says that the document is something else: a report, a rule, the notice of a meeting."""
    words = fold(title or "")
    if asks_for_work(title):
        return True
    if _OF_THE_DAY.search(words) or _OF_THE_PAST.search(words):
        return False
    return not words or bool(_PLAN.search(words)) or not _NOT_A_PLAN.search(words)


def plain_tasks(reader: TaskReader, part: Part, items: list[Item], title: str | None) -> list[Task]:
    """The smallest numbered items with words of their own, but for aims, phases, rosters, duties and (unless the title asks for work) what is demanded."""
    demands = asks_for_work(title)
    named = fold(_PAGES.sub("", title or ""))[:_TITLE_HEAD]
    tasks: list[Task] = []
    if _only_covering(reader.flow.text, items):
        return tasks
    for item in items:
        if any(not _is_fragment(reader.flow.text, child) for child in item.children) or not could_be_task(reader, item, demands=demands):
            continue
        if len(named) == _TITLE_HEAD and reader.flow.text.startswith(named, item.body):
            continue  # 1、某市…行动计划: the first page of a preview
        clauses = reader.opening(item)
        task = reader.new_task(part, item, clauses, item.end)
        reader.add_units(task, clauses, [])
        task.weaken("no_clause")
        reader.add_deadline(task, item, clauses, item.end)
        tasks.append(task)
    if not _NAMES_A_PLAN.search(fold(title or "")) and tells_what_was_done(reader.flow.text, items):
        return []
    if len(tasks) > 1 and 2 * sum(task.title.endswith("情况") for task in tasks) >= len(tasks):
        return []  # a report of what was done: 机构建设情况, 宣传培训情况
    return tasks if len(tasks) > 1 or len(items) < _MANY_ITEMS else []  # one item of many: rather none of them is a task


def could_be_task(reader: TaskReader, item: Item, *, demands: bool) -> bool:
    """True for an item with words of its own that is none of what plans hold besides tasks: aims, phases, rosters, duties."""
    _, bar, behind = reader.flow.text[item.body : item.own_end].partition("|")
    if bar and not behind.strip("|\n"):
        return False  # a heading inside a table of which only the bars are left
    if item.end - item.body < _SHORTEST or _is_fragment(reader.flow.text, item) or _is_duty(reader.flow.text, item):
        return False
    if _CITED.fullmatch(reader.flow.text[item.body : item.end].strip("\n。;")):
        return False
    headings = [reader.heading(one) for one in (item, *item.ancestors())]
    return (
        "?" not in headings[0]
        and not _SECTION.fullmatch(headings[0])
        and not any(
            PHASE.search(heading) or (_NO_TASKS.search(heading) and not (demands and _DEMANDS.match(heading))) for heading in headings
        )
    )


def _only_covering(text: str, items: list[Item]) -> bool:
    """True where the items belong to the notice that hands a plan out and not to the plan: no signature stands between."""
    if not items:
        return False
    if _TOLD.search(text, 0, items[0].start) and _PLAN_ENCLOSED.search(text, items[0].start):
        return True
    handed = _HANDED_OUT.search(text, 0, items[0].start)
    if handed and not _HANDED_PLAN.search(text, text.rfind("。", 0, handed.start()) + 1, handed.end()):
        return False  # a guide or a catalogue is handed out: what is to be done stands in the notice
    return bool(handed and not _OWN_PLAN.search(text, handed.start(), items[0].start))


def _is_fragment(text: str, item: Item) -> bool:
    """`包括(1)甲;(2)乙。` counts things inside a sentence; ① and dashes hardly ever number tasks."""
    if item.style in {"circled", "dash"}:
        return True
    return not item.at_line_head and item.style == "numb" and text[item.start - 1] not in "。\n)"


def _is_duty(text: str, item: Item) -> bool:
    """`(一)区司法局:负责审核` says what an office is for."""
    head = re.match(r"(?!由)([^。;,:\n]{2,20}?)(?::|负责|主要职责|职责)", text[item.body : item.body + 30])
    return bool(head) and is_plain_unit(head[1]) if head else False
