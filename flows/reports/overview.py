"""Labels and figures of a run for people: the same on the terminal and in Prefect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exports.catalog import Column
from flows.reports.summary import Summary

FINDINGS = {
    "late": "逾期完成 done late",
    "overdue": "逾期未完成 overdue",
    "invalid_date": "日期无效 invalid date",
    "duplicate": "重复记录 duplicate",
    "unknown_unit": "单位不明 unit in no list",
    "title_without_words": "信息名称不是文字 title without words",
    "private_data": "含个人信息 holds personal data",
    "name_not_masked": "可能有自然人姓名 may name a natural person",
    "several_names": "一格多个单位 several units in one cell",
    "withheld_without_reason": "不予公开无理由 withheld without its legal reason",
    "not_reviewed": "未经审核 not passed by review",
    "invalid_number": "数字无效 invalid number",
    "unknown_code": "取值不在规定之内 unknown word",
    "unit_not_listed": "任务单位不在名单 unit of a task in no list",
    "published_before_made": "公开早于形成 published before made",
    "total_differs": "合计不符 printed total differs",
    "report_cell_wrong": "年报单元格有误 wrong cell of an annual report",
    "report_sum_wrong": "年报勾稽不符 sum of an annual report that does not hold",
    "report_carry_over_differs": "年报结转不符 carried over differs from carried in",
    "report_cell_unreadable": "年报单元格不能识读 unreadable cell of an annual report",
    "request_never_received": "无收到申请的记录 request without a receipt",
    "correction_asked_twice": "两次要求补正 correction asked for twice",
    "answers_differ": "同日答复结果不同 answers of one day differ",
    "clock_unknown": "登记不足以认定期限结果 register does not bear out an outcome",
    "answered_without_outcome": "答复未注明结果 answer without its outcome",
    "extended_late": "期满后才延期 extension noticed too late",
    "extended_too_long": "延期过长 extension too long",
    "revoked_without_reason": "撤销处罚无理由 penalty revoked without a reason",
}


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


def title_of_finding(kind: str, columns: Mapping[str, Column]) -> str:
    """The title of a kind of finding: its own, or one made of the columns that its name names."""
    if kind in FINDINGS:
        return FINDINGS[kind]
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
    return f"落后 behind {counts['units_behind']}{unknown}"


def _reasons(counted: Sequence[tuple[str, int]], titles: Mapping[str, str]) -> str:
    """The reasons with their counts, in brackets; empty where there are none."""
    return f"（{'；'.join(f'{titles.get(reason, reason)} {count}' for reason, count in counted)}）" if counted else ""


def _delivery(counts: Mapping[str, int]) -> str:
    done = f"按时 on time {counts['tasks_done_on_time']}，逾期 late {counts['tasks_done_late']}"
    return f"{done}；长期任务落实 standing kept {counts['tasks_standing_kept']}，未落实 neglected {counts['tasks_standing_neglected']}"
