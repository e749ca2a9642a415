"""Labels and figures of a run for people: the same on the terminal and in Prefect."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from exports.catalog import PROJECT_ROOT, Column
from flows.reports.summary import Summary

HOLD_REASONS = PROJECT_ROOT / "sql" / "reference" / "hold_reasons.csv"
UNKNOWN_TASKS = {
    "no_reports": "该计划没有进展报告 no progress reports on the plan",
    "no_report_on_task": "没有该任务的报告 no report on the task",
    "no_report_since_deadline": "时限之后没有报告 no report since the deadline",
    "period_not_reported": "有的周期没有报告 a period without a report",
    "report_unreadable": "报告不能识读或存疑 a report that is unreadable or in doubt",
    "unit_unknown": "责任单位不明 unit in no list",
}


UNKNOWN_UNITS = {
    "register_not_read": "没有读取公开信息台账 no register of disclosures was read",
    "no_records_of_year": "台账没有该年度的记录 no records of the year",
    "files_unread": "有台账文件不能读取 files of the register could not be read",
    "records_held": "待核的记录足以改变结论 records in doubt could change the answer",
}


@cache
def titles_of_findings() -> Mapping[str, str]:
    """Kind of finding -> its title, Chinese first; rows held by what they say themselves have the title of the reason."""
    with Path(__file__).with_name("finding_kinds.csv").open(encoding="utf-8", newline="") as stream:
        titles = {row["finding_kind"]: f"{row['title']} {row['title_en']}" for row in csv.DictReader(stream)}
    with HOLD_REASONS.open(encoding="utf-8", newline="") as stream:
        held = {row["hold_reason"]: f"{row['reason_title']} {row['reason_title_en']}" for row in csv.DictReader(stream)}
    return held | titles


def title_of_finding(kind: str, columns: Mapping[str, Column]) -> str:
    """The title of a kind of finding: its own, or one made of the columns that its name names."""
    titles = titles_of_findings()
    if kind in titles:
        return titles[kind]
    missing = columns.get(kind.removeprefix("missing_"))
    if missing and kind.startswith("missing_"):
        return f"缺{missing.title.zh} no {missing.title.en}"
    day = columns.get(f"{kind.removesuffix('_without_reason')}_on")
    if day and kind.endswith("_without_reason"):
        return f"{day.title.zh}未说明原因 {kind.replace('_', ' ')}"
    later, earlier = (columns.get(f"{event}_on") for event in (*kind.split("_before_"), "")[:2])
    return f"{later.title.zh}早于{earlier.title.zh} {kind.replace('_', ' ')}" if later and earlier else kind


def overview(summary: Summary) -> list[tuple[str, str]]:
    """The figures of a run, each with its label."""
    counts = summary.counts
    rejected = f"退回 rejected {counts['rejected_files']}；退回行 rows rejected {counts['rejected_rows']}"
    portal = [("门户 Portal", str(summary.published))] if summary.published else []
    return [
        ("来源文件 Sources", f"{counts['sources']}，{rejected}"),
        ("计划文件 Plan documents", str(counts["documents"])),
        ("任务 Tasks", f"{counts['tasks']}，{_past_deadline(summary)}"),
        ("任务落实 Delivery", _delivery(counts)),
        ("单位 Units", f"{counts['units']}，名称对应 names resolved {counts['unit_names_resolved']}/{counts['unit_names']}"),
        ("目标 Targets", f"{counts['targets']}，合计 sum {counts['target_sum']:,}；{_behind(summary)}"),
        ("公开记录 Disclosures", f"{counts['disclosures']:,}，暂存待核 set aside {counts['quarantined']}"),
        ("更正 Corrections", f"{counts['corrected']}，不再适用 guard failed {counts['corrections_not_applied']}"),
        ("校验 Checks", f"{counts['rules']} 条 rules，未通过 not met {counts['rules_not_met']}；行 rows {counts['rows_checked']:,}"),
        *portal,
    ]


def _past_deadline(summary: Summary) -> str:
    """How many tasks were reported as not done after their deadline, and separately how many have an unknown state."""
    counts = summary.counts
    said = f"时限已过报告未完成 reported not done after the deadline {counts['tasks_overdue']}"
    if not counts["tasks_unknown"]:
        return said
    return f"{said}；时限已过情况不明 past the deadline and nothing is known of them {counts['tasks_unknown']}{_reasons(summary.unknown_tasks, UNKNOWN_TASKS)}"


def _behind(summary: Summary) -> str:
    counts = summary.counts
    unknown = f"，不明 unknown {counts['units_unknown']}{_reasons(summary.unknown_units, UNKNOWN_UNITS)}" if counts["units_unknown"] else ""
    return f"滞后于序时进度 behind {counts['units_behind']}{unknown}"


def _reasons(counted: Sequence[tuple[str, int]], titles: Mapping[str, str]) -> str:
    """The reasons with their counts, in brackets; empty where there are none."""
    return f"（{'；'.join(f'{titles.get(reason, reason)} {count}' for reason, count in counted)}）" if counted else ""


def _delivery(counts: Mapping[str, int]) -> str:
    done = f"按时 on time {counts['tasks_done_on_time']}，逾期 late {counts['tasks_done_late']}"
    return f"{done}；长期任务落实 standing kept {counts['tasks_standing_kept']}，未落实 neglected {counts['tasks_standing_neglected']}"
