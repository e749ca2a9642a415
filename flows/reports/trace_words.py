"""What `gongkai trace` says beside the cells: the term that was applied, or of what a row is computed of which no cell can be named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exports.catalog import Dataset
from exports.messages import Message, _, arranged, joined

Ask = Callable[[str, list[Any]], list[dict[str, Any]]]
REPORT_CELL = ("reporter_id", "report_year", "table_code", "row_code", "column_code")


def why_no_place(ask: Ask, dataset: Dataset, row: dict[str, Any], *, tells_records: bool) -> Iterator[Message]:
    """Sentences for the end of a trace; none where the records on the way were named already (`tells_records`)."""
    if dataset.name == "data_quality":
        rule = f"expectations/{row['table_name'].replace('.', '/')}.yaml"
        parts = [_("The rule") + f": {rule}", _("rows not met") + f": {row['failed_count'] or 0}"]
        yield arranged("{parts}（gongkai sql {table}）", parts=joined("；", parts), table=row["table_name"])
    elif dataset.name == "extraction_accuracy":
        yield _("Counts of documents that people labelled") + ": sql/reference/extraction_accuracy.csv"
    elif dataset.name == "annual_report":
        yield f"{_cases(ask, row)} " + _("cases counted, none of which is public") + ": gongkai sql core.annual_report_case_cells"
    elif dataset.name == "scorecards" and not tells_records:
        yield _("No record counts for this item") + f": gongkai sql {dataset.table}"
    elif not tells_records:
        yield _("No place is on record; it is computed by") + f": gongkai sql {dataset.table}"


def _cases(ask: Ask, row: dict[str, Any]) -> int:
    """How many requests or cases count in the cell of an annual report."""
    condition = " and ".join(f"{name} = ${place}" for place, name in enumerate(REPORT_CELL, start=1))
    (found,) = ask(f"select count(*) as cases from core.annual_report_case_cells where {condition}", [row[name] for name in REPORT_CELL])
    return int(found["cases"])


def describe_term(receipt: dict[str, Any]) -> Message:
    """The rule and article of a term, from when to when it ran, and how late it was met."""
    days = f"{receipt['counted_days']} " + (_("working days") if receipt["day_unit"] == "working" else _("days"))
    late = [_("done") + f" {receipt['done_on']}", _("late") + f" {receipt['days_late']}"] if receipt["done_on"] else []
    return arranged(
        "{title}（{law}）：{start} {event} {start_on}，{term}",
        title=Message(receipt["rule_title"], receipt["rule_title_en"], receipt["rule_title"]),
        law=f"{receipt['law']}{receipt['article']}",
        start=_("from"),
        event=receipt["start_event"],
        start_on=receipt["start_on"],
        term=joined("，", [days + f" → {receipt['due_on']}", *late]),
    )
