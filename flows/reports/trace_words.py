"""What `gongkai trace` says beside the cells: the term that was applied, or of what a row is computed of which no cell can be named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exports.catalog import Dataset

Ask = Callable[[str, list[Any]], list[dict[str, Any]]]
REPORT_CELL = ("reporter_id", "report_year", "table_code", "row_code", "column_code")


def why_no_place(ask: Ask, dataset: Dataset, row: dict[str, Any], *, tells_records: bool) -> Iterator[str]:
    """Sentences for the end of a trace; none where the records on the way were named already (`tells_records`)."""
    if dataset.name == "data_quality":
        rule = f"expectations/{row['table_name'].replace('.', '/')}.yaml"
        yield f"规则见 The rule: {rule}；不符 rows not met: {row['failed_count'] or 0}（gongkai sql {row['table_name']}）"
    elif dataset.name == "extraction_accuracy":
        yield "人工标注的计数 Counts of documents that people labelled: sql/reference/extraction_accuracy.csv"
    elif dataset.name == "annual_report":
        yield f"{_cases(ask, row)} 件申请或案件计入，逐件不公布 cases counted, none of which is public: gongkai sql core.annual_report_case_cells"
    elif dataset.name == "scorecards" and not tells_records:
        yield f"没有记录计入此项 No record counts for this item: gongkai sql {dataset.table}"
    elif not tells_records:
        yield f"来源位置未记录；由此算出 No place is on record; it is computed by: gongkai sql {dataset.table}"


def _cases(ask: Ask, row: dict[str, Any]) -> int:
    """How many requests or cases count in the cell of an annual report."""
    condition = " and ".join(f"{name} = ${place}" for place, name in enumerate(REPORT_CELL, start=1))
    (found,) = ask(f"select count(*) as cases from core.annual_report_case_cells where {condition}", [row[name] for name in REPORT_CELL])
    return int(found["cases"])


def describe_term(receipt: dict[str, Any]) -> str:
    """The rule and article of a term, from when to when it ran, and how late it was met."""
    days = f"{receipt['counted_days']} {'个工作日 working days' if receipt['day_unit'] == 'working' else '日 days'}"
    late = f"，{receipt['done_on']} 完成 done，逾期 late {receipt['days_late']}" if receipt["done_on"] else ""
    law = f"{receipt['law']}{receipt['article']}"
    return f"{receipt['rule_title']}（{law}）：自 from {receipt['start_event']} {receipt['start_on']} 起 {days} → {receipt['due_on']}{late}"
