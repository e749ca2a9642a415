"""Only what is known to be a plan counts as one; whatever else looks like a plan has its own kind, or none."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
import yaml

from flows.sources.plans import read_plan
from flows.sources.plans.kind_table import TABLE, kinds
from flows.sources.plans.kind_titles import kind_of_title
from tests.conftest import HANGS as SECONDS
from tests.sources.plans.nonplans import NON_PLANS

PLANS = {kind.code for kind in kinds() if kind.is_plan}
TASKS = "（一）公开财政预决算。责任单位：县财政局。完成时限：2026年12月底前。\n（二）公开审计结果。责任单位：县审计局。完成时限：2026年9月底前。"
TITLES = (
    "澜泽市雾泊县2026年政务公开工作要点",
    "关于印发《雾泊县2026年政务公开工作要点》的通知",
    "雾泊县人民政府办公室关于印发2026年全县政务公开工作主要任务分解表的通知",
    "雾泊县政策解读质量提升行动方案",
    "雾泊县行政处罚信息公示工作实施方案",
    "雾泊县规范招标投标活动专项整治工作方案",
    "关于转发《关于印发全市2026年政务公开工作要点的通知》的通知",
    "雾泊县司法局2026年度政务公开工作计划",
    "2026年雾泊县政务公开重点任务清单",
    "雾泊县2026年政务公开工作任务分工方案及有关工作制度",
    "关于2026年政务公开重点工作安排的通知",
    "雾泊县优化营商环境若干措施",
    "雾泊县2026年政府工作报告重点任务责任分解",
    "雾泊县2026年政务公开考核方案",
    "雾泊县2026年财政预决算公开工作要点",
    "雾泊县三公经费公开专项治理实施方案",
    "雾泊县重大行政决策听证公开重点任务分工表",
    "雾泊县2026年听取民营企业建议工作计划",
    "关于进一步做好2026年政务公开工作的通知",
    "关于全面推进基层政务公开标准化规范化工作的实施意见",
    "雾泊县2026年政务公开目标任务表",
    "（现行有效）雾泊县2026年政务公开工作台账任务表",
    "雾泊县2026年政务公开责任分工",
    "雾泊县2026年度规章制定工作计划",
    "雾泊县2026年安全生产宣传工作方案",
    "政府网站内容发布工作方案",
    "雾泊县学习宣传贯彻政府信息公开条例实施方案",
    "雾泊县重大项目谋划工作方案",
)
NEWS = (
    "雾泊县公布2026年重点任务清单",
    "雾泊县部署政务公开重点工作",
    "雾泊县政府专题研究政务公开重点工作",
    "雾泊县启动2026年普法工作计划",
    "雾泊县印发政务公开工作要点",
)


def kind_of(text: str, name: str = "plan.txt") -> str | None:
    return read_plan(text.encode(), name).content.facts.kind.code


@pytest.mark.parametrize("title", TITLES)
def test_a_plan_is_known_by_its_title_and_its_tasks(title: str) -> None:
    assert kind_of(f"{title}\n各镇人民政府：\n一、重点任务\n{TASKS}") in PLANS


@pytest.mark.parametrize("title", NEWS)
def test_that_an_organ_hands_a_plan_out_is_news(title: str) -> None:
    named = kind_of_title(title)
    assert named is not None
    assert named.code == "news"


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NON_PLANS.items() for text in texts])
def test_what_is_no_plan_is_none_however_it_looks(kind: str, text: str) -> None:
    assert kind_of(text) not in PLANS


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NON_PLANS.items() for text in texts])
def test_nor_on_a_web_page_or_in_one_line(kind: str, text: str) -> None:
    page = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    assert kind_of(f"<html><body><div class='TRS_Editor'>{page}</div></body></html>", "page.html") not in PLANS
    assert kind_of(text.replace("\n", "  ")) not in PLANS


@pytest.mark.parametrize("title", yaml.safe_load(Path(__file__).with_name("nonplan_titles.yaml").read_text("utf-8")))
def test_a_title_that_is_no_plans_is_believed_whatever_stands_below_it(title: str) -> None:
    assert kind_of(f"{title}\n{TASKS}") not in PLANS
    assert kind_of(f"{title}  {TASKS}".replace("\n", "  ")) not in PLANS


HANGS = (
    "公开方式|",
    "政府门户网站、",
    "内部资料",
    "招聘公告",
    "会议指出",
    "关于印发",
    "《关于",
    "年度报告",
    "不予公开",
    "公开属性：",
    "任务分解",
    "（此件",
    "处罚款1元",
)


@pytest.mark.parametrize("piece", HANGS)
def test_words_of_marks_and_kinds_repeated_do_not_hang_the_reader(piece: str) -> None:
    for text in (piece * (40_000 // len(piece)), f"{piece}\n" * 2_000, piece * 12):
        begun = time.process_time()
        kind_of("某" + text)
        assert time.process_time() - begun < SECONDS


def test_the_example_beside_each_kind_is_of_that_kind() -> None:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            named = kind_of_title(row["example"])
            assert named is not None, row["example"]
            assert named.code == row["document_kind"] or (named.is_plan and row["is_plan"] == "yes"), (row["example"], named.code)


def test_most_of_the_tasks_of_a_fragment_without_a_title_must_name_their_units() -> None:
    assert kind_of(TASKS) in PLANS
    assert kind_of("一、明确分工\n（一）公开财政预决算，及时更新。\n（二）公开审计结果，按季更新。\n（三）组织一次培训，做好记录。") is None
