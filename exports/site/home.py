"""The first page: promised, kept, late, unknown at a glance; what is due, what changed, pace and timeliness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from exports.site.facts import Facts, tones
from exports.site.rendering import Page
from exports.site.shapes import Column, columns, pieces
from exports.site.tables import Row
from exports.site.words import TONES, words

SHOWN_NOT_DELIVERED = 10
_KEY = "replace(replace({}, '\\', '\\\\'), '|', '\\|')"
_MOVED = f"""
    select task_delivery.task_id, task_delivery.unit_id, task_delivery.unit_name, task_delivery.task_title, changes.old_value, changes.new_value
    from changes
    inner join task_delivery on changes.row_key = {_KEY.format("task_delivery.task_id")} || '|' || {_KEY.format("task_delivery.owner_id")}
    where changes.dataset_slug = 'task-delivery' and changes.column_name = 'delivery_status' and changes.release_change = 'changed'
        and changes.old_value is not null
    order by changes.change_number
"""
_MONTHS = """
    select year(published_on) as year, month(published_on) as month, count(*) filter (days_late = 0) as kept,
        count(*) filter (days_late > 0) as late, count(*) filter (days_late is null) as unknown
    from disclosures where published_on is not null group by all
"""


def home(facts: Facts, page: Callable[..., Page]) -> Page:
    """index.html."""
    totals = tones(facts.of_year)
    targets = [row for row in facts.progress if row["plan_year"] == pace_year(facts)]
    standings = Counter(row["standing"] for row in targets)
    return page(
        "home.html",
        "index.html",
        "home",
        as_of=facts.as_of.isoformat(),
        year=facts.year,
        total=len(facts.of_year),
        totals=totals,
        total_pieces=pieces(totals),
        task_count=len({row["task_id"] for row in facts.of_year}),
        unit_count=len({row["owner_id"] for row in facts.of_year}),
        attention=attention(facts)[:SHOWN_NOT_DELIVERED],
        due=facts.due_soon,
        moved=moved(facts),
        first_release=not facts.tables.rows("select 1 from changes where earlier_release is not null limit 1"),
        pace={code: standings[code] for code in words()["pace"] if standings[code] or code == "unknown"},
        pace_total=len(targets),
        pace_year=pace_year(facts),
        **timeliness(facts),
    )


def attention(facts: Facts) -> list[Row]:
    """What is not delivered in the year, each with the address of its task."""
    found = [row for row in facts.of_year if row["tone"] == "overdue"]
    return [{**row, "page": facts.task_of[row["task_id"]]["page"]} for row in found if row["task_id"] in facts.task_of]


def moved(facts: Facts) -> list[Row]:
    """Statuses that changed since the last release and whose old value may be shown."""
    rows = facts.tables.rows(_MOVED)
    return [{**row, "page": facts.task_of[row["task_id"]]["page"]} for row in rows if row["task_id"] in facts.task_of]


def pace_year(facts: Facts) -> int:
    return max((row["plan_year"] for row in facts.progress), default=facts.as_of.year)


def timeliness(facts: Facts) -> Mapping[str, Any]:
    """The months of the as-of year with the counts of items disclosed in time, late, and with a term that is not known."""
    year = facts.as_of.year
    found = {row["month"]: row for row in facts.tables.rows(_MONTHS) if row["year"] == year}
    counts = [
        (f"{month}月", {tone: found[month][tone] if month in found else 0 for tone in ("kept", "late", "unknown")})
        for month in range(1, 13)
    ]
    drawn = columns(counts) if found else []
    return {
        "months_year": year,
        "months": [_month(column, number > facts.as_of.month) for number, column in enumerate(drawn, 1)],
        "months_total": {tone: sum(one[tone] for _, one in counts) for tone in ("kept", "late", "unknown")},
    }


def _month(column: Column, is_future: bool) -> dict[str, Any]:
    return {"label": column.label, "x": column.x, "parts": column.parts, "counts": column.counts, "is_future": is_future}


def status_pages(facts: Facts, page: Callable[..., Page]) -> list[Page]:
    """One page for each tone with every promise in it: status/overdue.html and its like."""
    found = {tone: [row for row in facts.of_year if row["tone"] == tone and row["task_id"] in facts.task_of] for tone in TONES}
    return [
        page(
            "status.html",
            f"status/{tone}.html",
            "tasks",
            tone=tone,
            year=facts.year,
            total=len(rows),
            shown=_by_task(facts, rows[:MOST_ROWS]),
            is_cut=len(rows) > MOST_ROWS,
            meanings=[one for one in words()["delivery_status"].values() if one.tone == tone],
        )
        for tone, rows in found.items()
    ]


MOST_ROWS = 200  # of a page, which is to stay under 300 KB; the table view has all of them


def _by_task(facts: Facts, rows: list[Row]) -> list[tuple[Row, list[Row]]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["task_id"], []).append(row)
    return [(facts.task_of[task], owners) for task, owners in found.items()]
