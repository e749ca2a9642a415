"""Plan documents with marks of their own, and documents that are no plans, as lines of text."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from random import Random

from tests.release import rows, words
from tests.release.marks import Mark, Marks

OPEN_MARKS = ("（此件公开发布）", "（此件主动公开）", "公开属性：主动公开", "信息公开属性：主动公开", "")
SHUT_MARKS = (
    "（此件不予公开）", "（此件依申请公开）", "（此件不公开）", "信息公开属性：不予公开",
    "公开属性：依申请公开", "秘密★1年", "机密★3年", "（此件删减后公开）", "公开方式：不予公开",
    "（内部文件，注意保存）", "公开类别：免予公开", "是否公开：否", "【此件暂不公开】", "（依申请公开）",
    "密级：内部", "工作秘密", "此件 不 予 公 开", "（此件部分公开）", "秘密",
    "（此件发至县团级，不公开）", "主动公开：否",
)  # fmt: skip
NO_PLANS = (  # title, how an item of it begins
    ("栖川县2026年公开招聘事业单位工作人员公告（{}）", "（一）报名{}岗位。报名时间：2026年12月底前。咨询单位：县财政局。"),
    ("行政处罚决定书（{}）", "（一）罚款5000元，限{}于2026年12月底前缴纳。处罚机关：县市场监督管理局。"),
    ("县政府第12次常务会议纪要（{}）", "（一）会议听取{}汇报。由县财政局牵头，2026年12月底前完成。"),
    ("《栖川县{}管理办法》政策解读", "（一）{}的主要内容。责任单位：县财政局。"),
    ("政务服务办事指南（{}）", "（一）提交{}申请。承办单位：县民政局。办理时限：2026年12月底前。"),
    ("栖川县2025年政府信息公开工作年度报告（{}）", "（一）主动公开{}情况。责任单位：县财政局。2026年12月底前改进。"),
    ("依申请公开常见问题解答（{}）", "（一）问：如何申请{}？答：向县司法局提出，2026年12月底前答复。"),
)
UNITS = ("县财政局", "县教育局", "县民政局", "县水利局")


@dataclass
class Document:
    """A document to be: lines of text, the marks in it, the suffix; `stem` is its file's name."""

    stem: str
    lines: list[str]
    marks: list[Mark]
    suffix: str

    @property
    def path(self) -> str:
        return f"plans/{self.stem}.{self.suffix}"


def _signed(lines: list[str], mark: str, rng: Random, leaves: bool) -> list[str]:
    """The mark where offices put it: behind the date, at the foot, or (secrecy and attribute) above the title's number."""
    place = rng.randrange(3) if not leaves or mark.startswith(("公开", "信息")) else 0
    if place == 1:
        return [lines[0], mark, *lines[1:]]
    if place == 2 and ("密" in mark or "：" in mark):
        return [lines[0], lines[1], f"{mark}　　发布机构：栖川县人民政府办公室", *lines[2:]]
    return [*lines, mark]


def plan(marks: Marks, number: int, mark: str, leaves: bool, suffix: str) -> Document:
    """A plan of four tasks, each with a mark of the test in its words; a plan that must stay names a unit that nothing else names."""
    rng, kind = marks.rng, "plan that says how far it is public"
    made = [marks.token(leaves, kind, "plans", suffix, mark) for _ in range(5)]
    unit = rng.choice(UNITS)
    if not leaves:
        hidden = marks.given_name(kind, "plans", f"{suffix}, a unit's name", mark)
        made.append(hidden)
        unit = f"县{hidden.text}局"
    task = "（{}）推进{}信息公开。责任单位：{}、{}。完成时限：2026年12月底前。"
    lines = [
        f"栖川县2026年政务公开工作要点（{made[0].text}）", f"栖府办发〔2026〕{number}号", "", "一、加强重点领域公开",
        *(task.format("一二"[n], made[1 + n].text, rng.choice(UNITS), unit) for n in range(2)), "二、加强政策解读",
        *(task.format("一二"[n], made[3 + n].text, rng.choice(UNITS), unit) for n in range(2)), "", "栖川县人民政府办公室", "2026年3月5日",
    ]  # fmt: skip
    stem = f"{number:03d}"
    if not leaves and rng.random() < 0.3:
        named = marks.token(False, "title of a withheld plan in its file's name", "plans", suffix, mark, only_release=True)
        made.append(named)
        stem += f"-工作要点{named.text}"
    return Document(stem, _signed(lines, mark, rng, leaves), made, suffix)


def answered() -> list[str]:
    """The lines of a plan of one task that all units have: what replies of units answer."""
    task = f"（一）公布办事指南。责任单位：{'、'.join(words.UNITS)}。完成时限：2026年6月底前。"
    return ["栖川县2026年政务公开任务分工", rows.ANSWERED, "", "一、重点任务", task, "", "栖川县人民政府办公室", "2026年1月5日"]


def no_plan(marks: Marks, number: int, which: int, suffix: str) -> Document:
    """A document of another kind that lies among the plans."""
    title, item = NO_PLANS[which % len(NO_PLANS)]
    made = [marks.token(False, "document that is no plan", "plans", suffix, title) for _ in range(4)]
    lines = [title.format(made[0].text), f"栖府办〔2026〕{number}号", "", "一、有关事项", *(item.format(mark.text) for mark in made[1:])]
    return Document(f"{number:03d}", [*lines, "", "栖川县人民政府办公室", "2026年3月5日"], made, suffix)


def documents(marks: Marks, shut: int = 24, opened: int = 15, others: int = 9) -> list[Document]:
    """Plans that must stay, plans that must leave, and documents that are no plans; formats in turn."""
    numbers, suffixes = itertools.count(1), itertools.cycle(marks.rng.sample(("txt", "html", "docx"), 3))
    made = [plan(marks, next(numbers), SHUT_MARKS[which % len(SHUT_MARKS)], False, next(suffixes)) for which in range(shut)]
    made += [plan(marks, next(numbers), OPEN_MARKS[which % len(OPEN_MARKS)], True, next(suffixes)) for which in range(opened)]
    return made + [no_plan(marks, next(numbers), which, next(suffixes)) for which in range(others)]
