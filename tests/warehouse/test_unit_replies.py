"""A reply answers a published verdict of its own unit, named so that no other fits; every other one is a finding and leaves nowhere."""

from __future__ import annotations

import pytest

from tests.conftest import County, a_county

PLAN = """栖政办发〔2026〕7号
栖川县2026年政务公开工作要点
一、重点任务
（一）公开预算。（牵头单位：县财政局；完成时限：2026年6月底前）
（二）公开审计结果。（牵头单位：县审计局；完成时限：2026年6月底前）
（三）公布救助名单。（牵头单位：县民政局；完成时限：2026年6月底前）
栖川县人民政府办公室
2026年1月6日
"""
OTHER_PLAN = """栖公开办〔2026〕3号
栖川县2026年政务公开重点任务清单
一、重点任务
（一）公布救助名单。（牵头单位：县民政局；完成时限：2026年9月底前）
栖川县政务公开办公室
2026年2月3日
"""
HELD_PLAN = """栖办密〔2026〕1号
栖川县2026年内部信息公开工作要点
（此件不予公开）
一、重点任务
（一）整理内部台账。（牵头单位：县民政局；完成时限：2026年9月底前）
栖川县人民政府办公室
2026年2月4日
"""
REPORTS = """计划文号,任务编号,填报单位,填报日期,完成情况,完成日期
栖政办发〔2026〕7号,（一）,县财政局,2026-08-03,已完成,2026-08-01
栖政办发〔2026〕7号,（二）,县审计局,2026-09-20,未开展,
"""
DISCLOSURES = """索引号,标题,公开单位,形成日期,公开日期,公开属性
SJ-2026-01,关于审计整改情况的公告,县审计局,2026-03-02,2026-08-03,主动公开
SJ-2026-02,关于审计计划的公告,县审计局,2026-03-02,2026-03-03,主动公开
SJ-2026-03,关于专项审计的公告,县审计局,2026-03-02,2026-08-03,不予公开
"""
HEAD = (
    "回应编号,回应单位,判定类别,判定编号,计划文号,计划名称,任务编号,任务名称,年度,回应日期,回应内容,处理结果,不采纳理由,处理日期,联系人\n"
)
REPLIES = """\
by_number,县审计局,任务落实,,栖政办发[2026]7号,,第2项,,,2026-10-08,报告填错了状态,核查中,,,
by_title,财政局,,,,《栖川县2026年政务公开工作要点》,,公开预算,,2026-10-08,结果已按期公开,采纳,,2026-10-12,
by_kind_and_year,县审计局,年度目标,,,,,,2026,2026-10-08,目标下达较晚,不采纳,,2026-10-12,
by_record,县审计局,公开期限,SJ-2026-01,,,,,,2026-10-08,附件须先脱敏,不采纳,期限没有这样的例外,2026-10-12,
no_outcome,县民政局,,,栖公开办〔2026〕3号,,一,公布救助名单,,2026-10-09,名单按季公布,,,,
odd_outcome,县民政局,,,栖政办发〔2026〕7号,,（三）,,,2026-10-09,名单已公布,阅,,,
other_unit,县财政局,任务落实,,栖政办发〔2026〕7号,,（二）,,,2026-10-08,这不是本单位的任务,核查中,,,
two_fit,县民政局,任务落实,,,,,公布救助名单,2026,2026-10-08,两份文件都有,核查中,,,
numbers_disagree,县审计局,,,栖公开办〔2026〕3号,,（二）,公开审计结果,,2026-10-08,文号有误,核查中,,,
names_nothing,县审计局,任务落实,,,,,,2026,2026-10-08,总的说明,核查中,,,
marks_only,县财政局,,,,,,——,,2026-10-08,没有写明,核查中,,,
odd_kind,县审计局,其他事项,,栖政办发〔2026〕7号,,（二）,,,2026-10-08,类别有误,核查中,,,
in_time,县审计局,,SJ-2026-02,,,,,,2026-10-08,没有这样的判定,核查中,,,
of_a_held_record,县审计局,,SJ-2026-03,,,,关于专项审计的公告,,2026-10-08,专项审计尚未结束,核查中,,,
of_a_held_plan,县民政局,,,栖办密〔2026〕1号,,（一）,整理内部台账,,2026-10-08,台账已整理,核查中,,,
of_nobody,张三,,,栖政办发〔2026〕7号,,（二）,,,2026-10-08,我不同意,核查中,,,
to_come,县审计局,,,栖政办发〔2026〕7号,,（二）,,,2026-11-02,明天再说,核查中,,,
with_a_phone,县审计局,,,栖政办发〔2026〕7号,,（二）,,,2026-10-10,请电13800138000,核查中,,,
by_a_clerk,县审计局,,,栖政办发〔2026〕7号,,（二）,公开审计结果,,2026-10-07,再次说明,核查中,,,李四光
"""
WITHHELD = """回应编号,回应单位,计划文号,任务编号,回应日期,回应内容,公开属性
withheld,县审计局,栖政办发〔2026〕7号,（二）,2026-10-09,内部情况,不予公开
marked_public,县审计局,栖政办发〔2026〕7号,（二）,2026-10-11,另有说明,主动公开
"""
UNITS = "单位名称\n县财政局\n县审计局\n县民政局\n"
TARGETS = """栖川县政务公开目标任务
附件：2026年各单位公开信息目标任务
单位 | 目标条数 |
县审计局 | 12 |
合计 | 12 |
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = {
        "plans/a.txt": PLAN,
        "plans/b.txt": OTHER_PLAN,
        "plans/held.txt": HELD_PLAN,
        "plans/targets.txt": PLAN.replace("7号", "8号").split("一、")[0] + TARGETS,
        "progress_reports/r.csv": REPORTS,
        "disclosures/d.csv": DISCLOSURES,
        "units/u.csv": UNITS,
        "unit_replies/r.csv": HEAD + REPLIES,
        "unit_replies/w.csv": WITHHELD,
    }
    return a_county(tmp_path_factory.mktemp("replies") / "county", {path: text.encode() for path, text in files.items()}).built()


def test_a_reply_answers_the_verdict_of_its_unit_that_it_names(made: County) -> None:
    assert made.ask(
        "select reply_number, unit_name, verdict_kind, verdict_title, plan_year from marts.unit_replies order by reply_number"
    ) == [
        ("by_a_clerk", "县审计局", "task_delivery", "公开审计结果", 2026),
        ("by_kind_and_year", "县审计局", "target_progress", None, 2026),
        ("by_number", "县审计局", "task_delivery", "公开审计结果", 2026),
        ("by_record", "县审计局", "publication_term", "关于审计整改情况的公告", None),
        ("by_title", "县财政局", "task_delivery", "公开预算", 2026),
        ("marked_public", "县审计局", "task_delivery", "公开审计结果", 2026),
        ("no_outcome", "县民政局", "task_delivery", "公布救助名单", 2026),
        ("odd_outcome", "县民政局", "task_delivery", "公布救助名单", 2026),
    ]


def test_a_reply_that_answers_no_published_verdict_of_its_unit_says_why_and_is_a_finding(made: County) -> None:
    assert dict(made.ask("select record_id, match_reason from core.reply_verdicts where match_reason is not null")) == {
        "other_unit": "no_such_verdict",
        "two_fit": "several_verdicts",
        "numbers_disagree": "no_such_verdict",
        "names_nothing": "nothing_named",
        "marks_only": "nothing_named",
        "odd_kind": "kind_unclear",
        "in_time": "no_such_verdict",
        "of_a_held_record": "no_such_verdict",
        "of_a_held_plan": "no_such_verdict",
        "of_nobody": "unit_unknown",
    }
    found = made.ask("select record_id from core.findings where finding_kind = 'reply_without_verdict' order by 1")
    assert [name for (name,) in found] == [
        "in_time", "marks_only", "names_nothing", "numbers_disagree", "odd_kind", "of_a_held_plan", "of_a_held_record", "other_unit", "two_fit",
    ]  # fmt: skip
    assert made.ask("select record_id from core.findings where finding_kind = 'unknown_unit' and register_name = 'unit_replies'") == [
        ("of_nobody",)
    ]


def test_an_outcome_that_is_not_understood_is_said_to_be_unclear(made: County) -> None:
    told = dict(made.ask("select reply_number, reply_state from marts.unit_replies"))
    assert told["by_number"] == "under_review"
    assert told["by_title"] == "accepted"
    assert told["by_kind_and_year"] == "rejected"
    assert told["no_outcome"] == "not_stated"
    assert told["odd_outcome"] == "unclear"
    assert made.ask("select record_id from core.findings where finding_kind = 'reply_rejected_without_reason'") == [("by_kind_and_year",)]


def test_a_reply_changes_no_verdict(made: County) -> None:
    told = made.ask(
        "select task_title, delivery_status from core.task_delivery where task_title in ('公开预算', '公开审计结果') order by 1"
    )
    assert told == [("公开审计结果", "overdue"), ("公开预算", "done_late")]


@pytest.mark.parametrize("number", ["withheld", "to_come", "with_a_phone"])
def test_a_reply_that_may_not_leave_is_in_no_dataset(made: County, number: str) -> None:
    assert made.ask(f"select 1 from marts.unit_replies where reply_number = '{number}'") == []


def test_who_wrote_a_reply_for_the_unit_is_no_column_of_the_dataset(made: County) -> None:
    assert "李四光" not in str(made.ask("from marts.unit_replies"))
