"""Nobody is said not to have done a task without a report that says so: what no report says, or says unclearly, is unknown with its reason."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from flows.reports.overview import overview
from flows.reports.summary import summarize
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county

HEAD = "计划文号,任务编号,填报单位,填报日期,完成情况,完成日期\n"
NUMBER = "栖政办发〔2026〕7号"
UNITS = "单位名称\n县财政局\n县审计局\n县民政局\n青溪镇\n"
FIGURES = "一二三四五六七八九"
ONLY = "（一）"


def figure(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{FIGURES[tens - 1]}十") + (FIGURES[ones - 1] if ones else "")


def plan(*deadlines: str, lead: str = "县财政局") -> str:
    """A plan with one task for each deadline, all led by one unit."""
    tasks = "\n".join(
        f"（{figure(number)}）公开第{number}批台账。（牵头单位：{lead}；责任单位：县审计局；完成时限：{deadline}）"
        for number, deadline in enumerate(deadlines, start=1)
    )
    return f"{NUMBER}\n栖川县2026年政务公开工作要点\n一、重点任务\n{tasks}\n栖川县人民政府办公室\n2026年1月6日\n"


def made(root: Path, deadlines: tuple[str, ...], files: dict[str, str], as_of: str = "2026-10-31") -> County:
    texts = {"plans/p.txt": plan(*deadlines), "units/u.csv": UNITS} | files
    return a_county(root, {path: text.encode() for path, text in texts.items()}, as_of).built()


def judged(county: County, unit: str = "县财政局") -> list[tuple[str, str]]:
    return county.ask(f"select delivery_status, delivery_rule from core.task_delivery where unit_name = '{unit}' order by task_id")


CASES: list[tuple[str, tuple[str, str]]] = [
    # what was reported of one task due on 30 June, and what may be said of it on 31 October
    ("2026-07-20,进行中,", ("overdue", "deadline_passed")),
    ("2026-07-20,未完成,", ("overdue", "deadline_passed")),
    ("2026-07-20,未启动,", ("overdue", "deadline_passed")),
    ("2026-06-30,进行中,", ("unknown", "no_report_since_deadline")),
    ("2026-03-20,未开展,", ("unknown", "no_report_since_deadline")),
    ("2026-07-20,收官在望,", ("unknown", "report_unreadable")),
    ("2026-07-20,,", ("unknown", "report_unreadable")),
    ("2026-07-20,#N/A,", ("unknown", "report_unreadable")),
    ("2026-07-20,进行中,2026-06-20", ("unknown", "report_unreadable")),
    ("2026-07-20,进行中,六月下旬", ("unknown", "report_unreadable")),
    ("2026-07-20,未开展,#REF!", ("unknown", "report_unreadable")),
    ("七月,未开展,", ("unknown", "report_unreadable")),
    ("2026-07-20,,2026-06-20", ("done_on_time", "done")),
    ("2026-07-20,已完成,2026-07-10", ("done_late", "done")),
]


def test_a_task_is_overdue_only_by_a_clear_report_after_its_deadline(tmp_path: Path) -> None:
    rows = "".join(f"{NUMBER},（{figure(number)}）,县财政局,{said}\n" for number, (said, _) in enumerate(CASES, start=1))
    county = made(tmp_path / "a", ("2026年6月底前",) * len(CASES), {"progress_reports/r.csv": HEAD + rows})
    assert [(said, told) for (said, _), told in zip(CASES, judged(county), strict=True)] == CASES


LATER: list[tuple[str, tuple[str, str]]] = [
    # what came after a clear report that the task was not done on 20 July
    (f"{NUMBER},{{no}},县财政局,2026-08-20,不好说,", ("unknown", "report_unreadable")),
    (f"{NUMBER},{{no}},县财政局,2026-08-20,已完成,八月", ("unknown", "report_unreadable")),
    (f"{NUMBER},{{no}},县财政局,2026-07-20,已完成,2026-07-01", ("unknown", "report_unreadable")),  # two reports of one day that differ
    (f"{NUMBER},{{no}},县民政局,2026-08-20,已完成,2026-08-19", ("unknown", "report_unreadable")),  # by a unit that does not answer for it
    (f"{NUMBER},{{no}},县财证局,2026-08-20,已完成,2026-08-19", ("unknown", "report_unreadable")),  # by a unit whose name is misspelt
    (f"{NUMBER},{{no}},县财政局,2026-07-01,不好说,", ("overdue", "deadline_passed")),  # the clear report is the later one
    (f"{NUMBER},{{no}},县财政局,2026-11-20,不好说,", ("overdue", "deadline_passed")),  # after the day for which it is asked
    (f"{NUMBER},{{no}},县审计局,2026-08-20,不好说,", ("overdue", "deadline_passed")),  # another unit's own part
]


def test_a_doubtful_report_since_then_leaves_it_unknown(tmp_path: Path) -> None:
    numbers = [f"（{figure(number)}）" for number in range(1, len(LATER) + 1)]
    rows = "".join(
        f"{NUMBER},{number},县财政局,2026-07-20,进行中,\n{row.format(no=number)}\n" for number, (row, _) in zip(numbers, LATER, strict=True)
    )
    county = made(tmp_path / "a", ("2026年6月底前",) * len(LATER), {"progress_reports/r.csv": HEAD + rows})
    assert [(row, told) for (row, _), told in zip(LATER, judged(county), strict=True)] == LATER


@pytest.mark.parametrize("header", ["完成与否情形", "办理成色", "目前如何", "红黄绿灯", "备注一"])
def test_a_file_without_a_known_column_of_status_accuses_nobody(tmp_path: Path, header: str) -> None:
    rows = f"计划文号,任务编号,填报单位,填报日期,{header},完成日期\n{NUMBER},{ONLY},县财政局,2026-07-20,已经做好,\n"
    assert judged(made(tmp_path / "a", ("2026年6月底前",), {"progress_reports/r.csv": rows})) == [("unknown", "report_unreadable")]


def test_of_a_plan_with_reports_a_task_without_one_is_unknown(tmp_path: Path) -> None:
    rows = f"{HEAD}{NUMBER},（一）,县财政局,2026-07-20,已完成,2026-06-20\n"
    county = made(tmp_path / "a", ("2026年6月底前", "2026年6月底前", "长期坚持", "每季度"), {"progress_reports/r.csv": rows}, "2027-02-01")
    told = [("done_on_time", "done"), *[("unknown", "no_report_on_task")] * 2, ("unknown", "period_not_reported")]
    assert judged(county) == told
    assert judged(county, "县审计局") == told  # what the lead reports holds for those who help


STANDING: list[tuple[str, tuple[str, str], tuple[str, str]]] = [
    # one report of the plan's year: what is said at the end of it of a duty without a rhythm, and of one of every half-year
    ("2026-12-20,未开展,", ("standing_neglected", "reported_not_begun"), ("standing_neglected", "periods_missed")),
    ("2026-03-20,未开展,", ("unknown", "no_report_since_deadline"), ("unknown", "period_not_reported")),
    ("2026-06-20,未开展,", ("unknown", "no_report_since_deadline"), ("standing_neglected", "periods_missed")),
    ("2026-12-20,难说,", ("unknown", "report_unreadable"), ("unknown", "report_unreadable")),
    ("2026-12-20,进行中,", ("standing_kept", "evidence_in_year"), ("unknown", "period_not_reported")),
]


def test_a_duty_is_neglected_only_where_a_report_covers_its_period(tmp_path: Path) -> None:
    deadlines = ("长期坚持",) * len(STANDING) + ("每半年",) * len(STANDING)
    said = [row for row, _, _ in STANDING] * 2
    rows = "".join(f"{NUMBER},（{figure(number)}）,县财政局,{row}\n" for number, row in enumerate(said, start=1))
    county = made(tmp_path / "a", deadlines, {"progress_reports/r.csv": HEAD + rows}, "2027-02-01")
    assert judged(county) == [told for _, told, _ in STANDING] + [told for _, _, told in STANDING]


def test_a_disclosure_that_is_held_back_leaves_its_task_unknown(tmp_path: Path) -> None:
    disclosed = f"索引号,标题,公开单位,形成日期,公开日期,审核状态,任务编号\n1,台账,县财政局,2026-08-01,2026-08-02,待审核,{NUMBER}{ONLY}\n"
    rows = f"{HEAD}{NUMBER},{ONLY},县财政局,2026-07-20,进行中,\n"
    held = made(tmp_path / "a", ("2026年6月底前",), {"progress_reports/r.csv": rows, "disclosures/d.csv": disclosed})
    passed = made(
        tmp_path / "b", ("2026年6月底前",), {"progress_reports/r.csv": rows, "disclosures/d.csv": disclosed.replace("待审核", "已审核")}
    )
    assert (judged(held), judged(passed)) == ([("unknown", "report_unreadable")], [("done_late", "done")])


WORDS = ("已完成", "进行中", "未开展", "看情况", "")
DAYS = ("2026-03-15", "2026-06-29", "2026-06-30", "2026-07-02", "2026-08-10", "八月")
ACCUSED = ("overdue", "standing_neglected")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_taking_reports_away_accuses_nobody_whom_a_standing_report_does_not(tmp_path: Path, seed: int) -> None:
    """With any reports taken out of the inbox, whoever is accused is accused by a report that stands, dated after the task was due."""
    drawn = random.Random(seed)
    deadlines = tuple(drawn.choice(("2026年6月底前", "长期坚持", "每季度")) for _ in range(60))
    reports = [(number, drawn.choice(DAYS), drawn.choice(WORDS)) for number in range(1, 61) for _ in range(drawn.randint(0, 3))]
    kept = drawn.sample(reports, len(reports) // 2)
    silent = {number for number in range(1, 61) if not any(one == number and word in ("进行中", "未开展") for one, _, word in reports)}
    for name, rows in (("all", reports), ("some", kept)):
        text = HEAD + "".join(f"{NUMBER},（{figure(number)}）,县财政局,{day},{word},\n" for number, day, word in rows)
        statuses = judged(made(tmp_path / name, deadlines, {"progress_reports/r.csv": text}))
        for number, (status, rule) in enumerate(statuses, start=1):
            words = {(day, word) for one, day, word in rows if one == number}
            assert status not in ACCUSED or number not in silent, (number, rule)
            if status == "overdue":
                assert words & {(day, word) for day in ("2026-07-02", "2026-08-10") for word in ("进行中", "未开展")}, (number, words)
                assert not any(word == "已完成" and day != "八月" for day, word in words), (number, words)
            if status == "standing_neglected":
                assert any(word == "未开展" for _, word in words), (number, words)


def test_the_summary_tells_unknown_from_overdue(tmp_path: Path) -> None:
    silent = made(tmp_path / "a", ("2026年6月底前",) * 4, {}).placed()
    summary = summarize(Workspace.open(silent.root))
    assert dict(overview(summary))["任务 Tasks"] == (
        "4，时限已过报告未完成 reported not done after the deadline 0；时限已过情况不明 past the deadline and nothing is known of them 4"
        "（该计划没有进展报告 no progress reports on the plan 4）"
    )
    assert summary.overdue == ()
