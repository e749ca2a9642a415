"""Promise and delivery: each task and unit is judged by evidence that names the task, or by a rule that a descriptor states."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from flows.warehouse.models import SQL
from tests.conftest import County, a_county

PLAN = """栖政办发〔2026〕7号
栖川县2026年政务公开工作要点
一、重点任务
（一）公开预算。（牵头单位：县财政局；责任单位：县审计局；完成时限：2026年6月底前）
（二）公开决算。（牵头单位：县财政局；完成时限：2026年6月底前）
（三）公开审计结果。（牵头单位：县审计局；完成时限：2026年6月底前）
（四）公布救助名单。（牵头单位：县民政局；完成时限：每季度）
（五）公开招生政策。（牵头单位：县教体局；完成时限：2026年12月底前）
（六）公开水质。（牵头单位：县水利局；完成时限：长期坚持）
（七）开展业务培训。（牵头单位：县司法局；完成时限：长期坚持）
（八）张榜公示。（责任单位：各镇；完成时限：2026年6月底前）
（九）公开台账。（责任单位：县统计局、县审计局；完成时限：2026年6月底前）
栖川县人民政府办公室
2026年1月6日
"""
REPORTS = """计划文号,任务编号,填报单位,填报日期,完成情况,完成日期
栖政办发[2026]7号,1,县财政局,2026-06-30,已完成,2026-06-29
栖政办发〔2026〕7号,（二）,县财政局,2026-08-03,已完成,2026-08-01
栖政办发〔2026〕7号,第四项,县民政局,2026-03-30,进行中,
栖政办发〔2026〕7号,四、,县民政局,2026-06-29,进行中,
栖政办发〔2026〕7号,（八）,青溪镇,2026-06-20,已完成,2026-06-20
栖政办发〔2026〕7号,（九）,县统计局,2026-06-20,已完成,2026-06-20
栖政办发〔2026〕7号,（三）,县审计局,2026-09-20,未开展,
"""
TRAINED = "日期,类型,主题,单位\n2026-05-06,培训,公开业务,县司法局\n"
UNITS = "单位名称\n" + "".join(
    f"{name}\n" for name in ("县财政局", "县审计局", "县民政局", "县教体局", "县水利局", "县司法局", "县统计局", "青溪镇", "白石镇")
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = {"plans/p.txt": PLAN, "units/u.csv": UNITS, "progress_reports/r.csv": REPORTS, "trainings/t.csv": TRAINED}
    return a_county(tmp_path_factory.mktemp("delivery") / "county", {path: text.encode() for path, text in files.items()}).built()


def test_each_task_and_unit_has_the_status_that_its_evidence_gives(made: County) -> None:
    told = made.ask("select task_no, unit_name, delivery_status, delivery_rule from core.task_delivery order by task_id, unit_name")
    assert told == [
        ("（一）", "县审计局", "done_on_time", "done"),  # its lead reported for it
        ("（一）", "县财政局", "done_on_time", "done"),
        ("（二）", "县财政局", "done_late", "done"),
        ("（三）", "县审计局", "overdue", "deadline_passed"),
        ("（四）", "县民政局", "unknown", "period_not_reported"),  # nothing was said of the third quarter
        ("（五）", "县教体局", "not_yet_due", "running"),
        ("（六）", "县水利局", "not_yet_due", "year_running"),
        ("（七）", "县司法局", "standing_kept", "evidence_in_year"),  # by the rule that the register of trainings states
        ("（八）", "白石镇", "unknown", "no_report_on_task"),  # one town does not report for another
        ("（八）", "青溪镇", "done_on_time", "done"),
        ("（九）", "县审计局", "done_on_time", "done"),  # the first named reports for all where no lead is printed
        ("（九）", "县统计局", "done_on_time", "done"),
    ]


def test_a_rhythm_is_judged_period_by_period(made: County) -> None:
    periods = "select period_number, due_on, is_kept from core.task_periods order by 1"
    assert made.ask(periods) == [(1, date(2026, 3, 31), True), (2, date(2026, 6, 30), True), (3, date(2026, 9, 30), None)]


def test_a_plan_on_which_nobody_reports_cannot_be_said_to_be_overdue(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("silent") / "county"
    silent = a_county(root, {"plans/p.txt": PLAN.encode(), "units/u.csv": UNITS.encode()}).built()
    told = silent.ask("select distinct delivery_status, delivery_rule from core.task_delivery order by all")
    assert told == [("not_yet_due", "running"), ("not_yet_due", "year_running"), ("unknown", "no_reports")]


@pytest.mark.parametrize(
    ("written", "key"),
    [("（二）", "2"), ("二、", "2"), ("2.", "2"), ("第2项", "2"), ("（十二）", "12"), ("二十", "20"), ("三十五", "35"), ("1-3", "1-3")],
)
def test_numbers_of_tasks_are_the_same_however_they_are_written(written: str, key: str) -> None:
    with duckdb.connect() as connection:
        connection.execute((SQL / "macros.sql").read_text("utf-8"))
        assert connection.execute("select task_no_key($1)", [written]).fetchone() == (key,)
