"""Labels and figures of a run for people: the same on the terminal and in Prefect."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from exports.catalog import PROJECT_ROOT, Column
from exports.messages import N_, Message, _, arranged, joined
from flows.reports.summary import Summary

HOLD_REASONS = PROJECT_ROOT / "sql" / "reference" / "hold_reasons.csv"
UNKNOWN_TASKS = {
    "no_reports": N_("no progress reports on the plan"),
    "no_report_on_task": N_("no report on the task"),
    "no_report_since_deadline": N_("no report since the deadline"),
    "period_not_reported": N_("a period without a report"),
    "report_unreadable": N_("a report that is unreadable or in doubt"),
    "unit_unknown": N_("unit in no list"),
}


UNKNOWN_UNITS = {
    "register_not_read": N_("no register of disclosures was read"),
    "no_records_of_year": N_("no records of the year"),
    "files_unread": N_("files of the register could not be read"),
    "records_held": N_("records in doubt could change the answer"),
}


@cache
def titles_of_findings() -> Mapping[str, Message]:
    """Kind of finding -> its title; rows held by what they say themselves have the title of the reason."""
    with Path(__file__).with_name("finding_kinds.csv").open(encoding="utf-8", newline="") as stream:
        titles = {row["finding_kind"]: Message(row["title"], row["title_en"]) for row in csv.DictReader(stream)}
    with HOLD_REASONS.open(encoding="utf-8", newline="") as stream:
        held = {row["hold_reason"]: Message(row["reason_title"], row["reason_title_en"]) for row in csv.DictReader(stream)}
    return held | titles


def title_of_finding(kind: str, columns: Mapping[str, Column]) -> str:
    """The title of a kind of finding: its own, or one made of the columns that its name names."""
    titles = titles_of_findings()
    if kind in titles:
        return titles[kind]
    missing = columns.get(kind.removeprefix("missing_"))
    if missing and kind.startswith("missing_"):
        return _("no {title}", title=Message(missing.title.zh, missing.title.en))
    day = columns.get(f"{kind.removesuffix('_without_reason')}_on")
    if day and kind.endswith("_without_reason"):
        return Message(_("{day} without a reason", day=day.title.zh).zh, kind.replace("_", " "))
    later, earlier = (columns.get(f"{event}_on") for event in (*kind.split("_before_"), "")[:2])
    if not later or not earlier:
        return kind
    return Message(_("{later} before {earlier}", later=later.title.zh, earlier=earlier.title.zh).zh, kind.replace("_", " "))


def overview(summary: Summary) -> list[tuple[str, str]]:
    """The figures of a run, each with its label."""
    counts = summary.counts
    rejected = joined("；", [_labelled(_("rejected"), counts["rejected_files"]), _labelled(_("rows rejected"), counts["rejected_rows"])])
    resolved = f"{counts['unit_names_resolved']}/{counts['unit_names']}"
    behind = joined("；", [_labelled(_("sum"), counts["target_sum"]), _behind(summary)])
    checked = joined("；", [_labelled(_("not met"), counts["rules_not_met"]), _labelled(_("rows checked"), counts["rows_checked"])])
    portal = [(_("Portal"), summary.published.words)] if summary.published else []
    return [
        (_("Sources"), _counted(counts["sources"], rejected)),
        (_("Plan documents"), str(counts["documents"])),
        (_("Tasks"), _counted(counts["tasks"], _past_deadline(summary))),
        (_("Delivery"), _delivery(counts)),
        (_("Units"), _counted(counts["units"], _labelled(_("names resolved"), resolved))),
        (_("Targets"), _counted(counts["targets"], behind)),
        (_("Disclosures"), _counted(counts["disclosures"], _labelled(_("set aside"), counts["quarantined"]))),
        (_("Corrections"), _counted(counts["corrected"], _labelled(_("guard failed"), counts["corrections_not_applied"]))),
        (_("Checks"), _counted(counts["rules"], checked)),
        *portal,
    ]


def _labelled(label: Message, figure: int | str) -> Message:
    return label + (f" {figure}" if isinstance(figure, str) else f" {figure:,}")


def _counted(count: int, more: Message) -> Message:
    return arranged("{count:,}，{more}", count=count, more=more)


def _past_deadline(summary: Summary) -> Message:
    """How many tasks were reported as not done after their deadline, and separately how many have an unknown state."""
    counts = summary.counts
    said = _labelled(_("reported not done after the deadline"), counts["tasks_overdue"])
    if not counts["tasks_unknown"]:
        return said
    unknown = _labelled(_("past the deadline and nothing is known of them"), counts["tasks_unknown"])
    return joined("；", [said, unknown + _reasons(summary.unknown_tasks, UNKNOWN_TASKS)])


def _behind(summary: Summary) -> Message:
    counts = summary.counts
    behind = _labelled(_("behind"), counts["units_behind"])
    if not counts["units_unknown"]:
        return behind
    return joined("，", [behind, _labelled(_("unknown"), counts["units_unknown"]) + _reasons(summary.unknown_units, UNKNOWN_UNITS)])


def _reasons(counted: Sequence[tuple[str, int]], titles: Mapping[str, str]) -> str:
    """The reasons with their counts, in brackets; empty where there are none."""
    reasons = [_(titles.get(reason, reason)) + f" {count:,}" for reason, count in counted]
    return arranged("（{reasons}）", reasons=joined("；", reasons)) if reasons else ""


def _delivery(counts: Mapping[str, int]) -> Message:
    done = (_("on time"), "tasks_done_on_time"), (_("late"), "tasks_done_late")
    standing = (_("standing kept"), "tasks_standing_kept"), (_("neglected"), "tasks_standing_neglected")
    return joined("；", [joined("，", [_labelled(label, counts[name]) for label, name in pair]) for pair in (done, standing)])
