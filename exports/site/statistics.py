"""Statistics: requests as counts, the coverage of the catalogue, the calendar of due dates, the rules by which is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exports.site.articles import legal_terms
from exports.site.facts import Facts
from exports.site.rendering import Page
from exports.site.shapes import pieces
from exports.site.tables import Row
from exports.site.words import words

LEAST_SHOWN = 5
"""A count of requests of one unit below this is shown as fewer than that: with so few, a neighbour could guess who asked."""

OUTCOMES = {
    "granted": "granted",
    "partial": "partial",
    "denied": "denied_%",
    "unavailable": "unavailable_%",
    "not_processed": "not_processed_%",
    "other": "other_%",
}
"""Groups of outcomes, by the rows of table 3 of the annual report."""
_CELLS = """
    select report_year, reporter_id, reporter_kind, any_value(unit_id) as unit_id, any_value(reporter_name) as reporter_name,
        max(cell_value) filter (row_code = 'new_received') as received, max(cell_value) filter (row_code = 'carried_in') as carried_in,
        max(cell_value) filter (row_code = 'results_total') as processed, max(cell_value) filter (row_code = 'carried_over') as carried_over,
        {outcomes}
    from annual_report where table_code = 3 and column_code = 'total' group by report_year, reporter_id, reporter_kind
    order by report_year desc, reporter_kind, reporter_name, reporter_id
"""
_APPEALS = """
    select report_year, row_code, any_value(row_title) as row_title, column_code, any_value(column_title) as column_title, max(cell_value) as cell_value
    from annual_report where table_code = 4 and reporter_kind = 'government' group by report_year, row_code, column_code
    order by report_year desc, row_code, column_code
"""
_COVERAGE = "from catalogue_coverage order by matter_level1 nulls last, matter_level2 nulls last, unit_name nulls last, record_id"


def requests(facts: Facts, page: Callable[..., Page]) -> Page:
    """requests.html: outcomes of requests by year, whole numbers of the government, small ones of a unit guarded."""
    outcomes = ", ".join(f"sum(cell_value) filter (row_code like '{rows}') as {code}" for code, rows in OUTCOMES.items())
    rows = facts.tables.rows(_CELLS.format(outcomes=outcomes))
    whole = [{**row, "outcomes": _outcomes(row)} for row in rows if row["reporter_kind"] == "government"]
    units = [row for row in rows if row["reporter_kind"] != "government" and row["received"] is not None]
    return page(
        "requests.html",
        "requests.html",
        "requests",
        years=[{**row, "pieces": pieces({code: count for code, count in row["outcomes"].items() if count})} for row in whole],
        groups=_by_kind(facts, units),
        articles=[legal_terms()[rule] for rule in ("request_answer", "request_extension", "request_correction", "third_party_reply")],
        least=LEAST_SHOWN,
    )


def _by_kind(facts: Facts, rows: list[Row]) -> dict[str, list[Row]]:
    """Units' counts as they are shown, kind by kind; those of which the kind is not known come last, under an empty one."""
    kinds = {unit["unit_id"]: unit["unit_kind"] for unit in facts.units}
    found: dict[str, list[Row]] = {kind: [] for kind in dict.fromkeys(kinds.values())}
    for row in rows:
        shown = {**row, "received": guarded(row["received"]), "processed": guarded(row["processed"])}
        found.setdefault(kinds.get(row["unit_id"], ""), []).append(shown)
    return {kind: group for kind, group in found.items() if group}


def _outcomes(row: Row) -> Mapping[str, int | None]:
    return {code: None if row[code] is None else int(row[code]) for code in OUTCOMES}


def guarded(count: float | None) -> str:
    """A count of one unit as it is shown: none, a small one hidden, or the number; a dash where it is not known."""
    if count is None:
        return "—"
    return f"<{LEAST_SHOWN}" if 0 < count < LEAST_SHOWN else f"{int(count):,}"


def coverage(facts: Facts, page: Callable[..., Page]) -> Page:
    """coverage.html: every matter of the catalogue with its state."""
    rows = facts.tables.rows(_COVERAGE)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["matter_level1"] or "—", []).append(row)
    totals = {code: sum(row["coverage_status"] == code for row in rows) for code in words()["coverage_status"]}
    return page("coverage.html", "coverage.html", "coverage", groups=groups, totals=totals, total=len(rows))


def calendar(facts: Facts, page: Callable[..., Page]) -> Page:
    """calendar.html: every task with a date, month by month, of the year that the site is about."""
    months: dict[str, list[Row]] = {}
    dated = [task for task in facts.tasks if task["deadline_on"] and task["plan_year"] == facts.year]
    for task in sorted(dated, key=lambda task: (task["deadline_on"], task["task_id"])):
        months.setdefault(f"{task['deadline_on']:%Y-%m}", []).append(task)
    undated = sum(1 for task in facts.tasks if task["plan_year"] == facts.year) - len(dated)
    shown = {month: (tasks[:MOST_OF_MONTH], len(tasks)) for month, tasks in months.items()}
    return page("calendar.html", "calendar.html", "calendar", months=shown, year=facts.year, undated=undated)


MOST_OF_MONTH = 25


def method(page: Callable[..., Page]) -> Page:
    """method.html: how is counted, with articles."""
    about: dict[str, Any] = {name: list(words()[name].values()) for name in ("delivery_status", "delivery_rule", "coverage_status")}
    return page("method.html", "method.html", "method", articles=list(legal_terms().values()), least=LEAST_SHOWN, **about)
