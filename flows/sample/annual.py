"""Figures that the county's units printed in their annual reports of 2025: counted here from the sample's own rows, case by case.

The counting follows the notes to the national tables (国办公开办函〔2021〕30号): a request counts once, in the year in which it is closed,
under its last answer; one taken back by its applicant is 其他处理 3; what is open at the end of the year is carried over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from flows.sample.county import County
from flows.sample.draw import Row

YEAR = 2025
YEAR_END = date(YEAR, 12, 31)
APPLICANTS = ("natural_person", "company", "research", "charity", "legal_service", "other")
OUTCOMES = (
    "granted",
    "partial",
    *(f"denied_{number}" for number in range(1, 9)),
    *(f"unavailable_{number}" for number in range(1, 4)),
    *(f"not_processed_{number}" for number in range(1, 6)),
    *(f"other_{number}" for number in range(1, 4)),
)
REQUEST_ROWS = ("new_received", "carried_in", *OUTCOMES, "results_total", "carried_over")
CASES = ("upheld", "corrected", "other", "pending", "total")
DECISIONS = {"行政许可": "licences", "行政处罚": "penalties", "行政强制": "coercions"}
Counts = Counter[tuple[str, str, str]]  # table, row, column


def printed_reports(county: County, rows: Mapping[str, Sequence[Row]]) -> Iterator[Row]:
    """One row per unit that must report (and the county's government for all of them), table, row and column, zeros included."""
    by_unit = {unit.short: _count_unit(rows, unit.short) for unit in county.named("all")}
    for unit in county.named("all"):
        yield from _cells(unit.name, by_unit[unit.short])
    yield from _cells(f"{county.name}人民政府", sum(by_unit.values(), Counter()))


def _count_unit(rows: Mapping[str, Sequence[Row]], short: str) -> Counts:
    stories: dict[str, list[Row]] = {}
    for row in sorted(_rows_of_unit(rows, "request_events", short), key=lambda row: row["event_number"]):
        if row["event_on"] <= YEAR_END:
            stories.setdefault(row["request_number"], []).append(row)
    counts: Counts = Counter()
    for events in stories.values():
        counts.update(_request(events))
        counts.update(_cases(events))
    counts.update(_decisions(_rows_of_unit(rows, "enforcement_results", short)))
    counts.update(_documents(_rows_of_unit(rows, "normative_documents", short)))
    return counts


def _rows_of_unit(rows: Mapping[str, Sequence[Row]], register: str, short: str) -> list[Row]:
    return [row for row in rows[register] if row["short"] == short]


def _request(events: Sequence[Row]) -> Iterator[tuple[str, str, str]]:
    outcome = next((_outcome(row) for row in reversed(events) if row["event_kind"] in {"answered", "withdrawn_by_applicant"}), None)
    for column in (events[0]["applicant_kind"], "total"):
        yield "3", "new_received", column
        yield "3", outcome or "carried_over", column
        if outcome:
            yield "3", "results_total", column


def _outcome(closing: Row) -> str:
    return str(closing["outcome_code"]) if closing["event_kind"] == "answered" else "other_3"


def _cases(events: Sequence[Row]) -> Iterator[tuple[str, str, str]]:
    for row in events:
        if row["event_kind"] in {"review_filed", "suit_filed"}:
            kind = "review" if row["event_kind"] == "review_filed" else row["suit_kind"].removesuffix("_suit")
            decided = next((other for other in events if other["event_kind"] == row["event_kind"].replace("filed", "decided")), None)
            yield "4", "cases", f"{kind}_{decided['outcome_code'] if decided else 'pending'}"
            yield "4", "cases", f"{kind}_total"


def _decisions(rows: Sequence[Row]) -> Iterator[tuple[str, str, str]]:
    for row in rows:
        if row["decided_on"].year == YEAR and row["enforcement_kind"] in DECISIONS:
            yield "2", DECISIONS[row["enforcement_kind"]], "decision_count"


def _documents(rows: Sequence[Row]) -> Iterator[tuple[str, str, str]]:
    for row in rows:
        if row["made_on"].year == YEAR:
            yield "2", "normative_documents", "made_count"
        if row["repealed_on"] and row["repealed_on"].year == YEAR:
            yield "2", "normative_documents", "repealed_count"
        is_repealed = row["repealed_on"] and row["repealed_on"] <= YEAR_END
        is_expired = row["expires_on"] and row["expires_on"] < YEAR_END  # in force on its last day
        if row["made_on"] <= YEAR_END and not is_repealed and not is_expired:
            yield "2", "normative_documents", "in_force_count"


def _cells(unit_name: str, counts: Counts) -> Iterator[Row]:
    for table, row, column in _places():
        yield {
            "printed_unit_name": unit_name,
            "report_year": YEAR,
            "table_code": table,
            "row_code": row,
            "column_code": column,
            "cell_text": str(counts[table, row, column]),
        }


def _places() -> Iterator[tuple[str, str, str]]:
    """Every cell of the tables 二, 三 and 四, in the order in which they are printed."""
    for document in ("regulations", "normative_documents"):
        yield from (("2", document, column) for column in ("made_count", "repealed_count", "in_force_count"))
    yield from (("2", decision, "decision_count") for decision in DECISIONS.values())
    yield from (("3", row, column) for row in REQUEST_ROWS for column in (*APPLICANTS, "total"))
    yield from (("4", "cases", f"{kind}_{case}") for kind in ("review", "direct", "after_review") for case in CASES)
