"""Units: the overview, where only units of like kind stand side by side, and one page for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exports.site.addresses import name_of
from exports.site.articles import main_terms
from exports.site.facts import MOST_REPLIES, Facts, by_kind
from exports.site.home import pace_year
from exports.site.rendering import Page
from exports.site.shapes import Track, pieces, scale_of, track
from exports.site.tables import Row

_TERMS = """
    select unit_id, count(*) as total, count(*) filter (days_late = 0) as kept, count(*) filter (days_late > 0) as late,
        count(*) filter (days_late is null) as unknown
    from {register} where unit_id is not null group by unit_id order by unit_id
"""
_LATE = """
    select unit_id, {key} as record_id, {title} as title, published_on, due_on, is_due_provisional, days_late, {url} as url
    from {register} where days_late > 0 and unit_id is not null
    qualify row_number() over (partition by unit_id order by days_late desc, {key}) <= 20
    order by unit_id, days_late desc, {key}
"""
_SCORES = "from scorecards order by unit_id, plan_year desc, item_order, item_id"
_COVERAGE = "from catalogue_coverage order by unit_id, coverage_status = 'current', matter_level1, matter_level2, record_id"
_INSPECTIONS = "from inspections order by unit_id, rectified_on is not null, inspected_on desc, record_id"
_WITHDRAWN = "select unit_id, count(*) as amount from withdrawals where unit_id is not null group by unit_id"

MOST_TASKS = 180  # of a page, which is to stay under 300 KB; the table of tasks has all

REGISTERS = {
    "disclosures": {"title": "disclosure_title", "key": "disclosure_id", "url": "url"},
    "enforcement_results": {"title": "matter_title", "key": "record_id", "url": "url"},
    "normative_documents": {"title": "document_title", "key": "record_id", "url": "url"},
}
"""Registers whose records have a legal term of publication, with the columns that a page shows of a late one."""


def overview(facts: Facts, page: Callable[..., Page]) -> Page:
    """units.html: delivery and pace by unit, kind by kind."""
    year = pace_year(facts)
    targets = {row["unit_id"]: row for row in facts.progress if row["plan_year"] == year}
    groups = []
    for kind, units in by_kind(facts.units):
        rows = [targets[unit["unit_id"]] for unit in units if unit["unit_id"] in targets]
        scale = scale_of(rows)
        groups.append(
            {
                "kind": kind,
                "units": units,
                "pieces": {unit["unit_id"]: pieces(unit["tones"]) for unit in units},
                "targets": [(row, track(row, scale)) for row in rows],
                "scale": scale,
            }
        )
    return page("units.html", "units.html", "units", year=facts.year, pace_year=year, groups=groups)


def unit_pages(facts: Facts, page: Callable[..., Page]) -> Iterator[Page]:
    """One page a unit, with all that the release says of it."""
    known = _load(facts)
    for unit in facts.units:
        yield page("unit.html", unit["page"], "units", unit=unit, name=name_of(unit["unit_id"]), **_about(facts, known, unit))


@dataclass(frozen=True)
class _Known:
    """What the registers say, by unit."""

    terms: Mapping[str, Mapping[str, list[Row]]]
    late: Mapping[str, Mapping[str, list[Row]]]
    progress: Mapping[str, list[Row]]
    scores: Mapping[str, list[Row]]
    coverage: Mapping[str, list[Row]]
    inspections: Mapping[str, list[Row]]
    withdrawn: Mapping[str, list[Row]]


def _load(facts: Facts) -> _Known:
    grouped = facts.tables.grouped
    progress: dict[str, list[Row]] = {}
    for row in facts.progress:
        progress.setdefault(row["unit_id"], []).append(row)
    return _Known(
        {name: grouped("unit_id", _TERMS.format(register=name)) for name in REGISTERS},
        {name: grouped("unit_id", _LATE.format(register=name, **columns)) for name, columns in REGISTERS.items()},
        progress,
        grouped("unit_id", _SCORES),
        grouped("unit_id", _COVERAGE),
        grouped("unit_id", _INSPECTIONS),
        grouped("unit_id", _WITHDRAWN),
    )


def _about(facts: Facts, known: _Known, unit: Row) -> dict[str, Any]:
    unit_id = unit["unit_id"]
    targets = known.progress.get(unit_id, [])
    replies = facts.replies.get(unit_id, [])
    terms = [
        {
            "register": name,
            "title": facts.catalog.published[name].title,
            "articles": main_terms(facts.catalog.registers.get(name)),
            **found[unit_id][0],
            "late_rows": known.late[name].get(unit_id, []),
        }
        for name, found in known.terms.items()
        if unit_id in found
    ]
    delivery = [{**row, "page": facts.task_of[row["task_id"]]["page"]} for row in unit["delivery"] if row["task_id"] in facts.task_of]
    return {
        "year": facts.year,
        "delivery": [row for row in delivery if row["plan_year"] == facts.year][:MOST_TASKS],
        "other_years": [row for row in delivery if row["plan_year"] != facts.year][:MOST_TASKS],
        "task_count": len(delivery),
        "tone_pieces": pieces(unit["tones"]),
        "targets": [(row, _own_track(row)) for row in targets[::-1]],
        "terms": [{**row, "pieces": pieces({tone: row[tone] for tone in ("kept", "late", "unknown")})} for row in terms],
        "scores": _by_year(known.scores.get(unit_id, [])),
        "coverage": known.coverage.get(unit_id, []),
        "inspections": known.inspections.get(unit_id, []),
        "replies": replies[:MOST_REPLIES],
        "reply_count": len(replies),
        "replied": {(row["verdict_kind"], row["verdict_id"]): row["number"] for row in reversed(replies[:MOST_REPLIES])},
        "withdrawn": known.withdrawn[unit_id][0]["amount"] if unit_id in known.withdrawn else 0,
    }


def _own_track(row: Row) -> Track:
    return track(row, scale_of([row]))


def _by_year(scores: list[Row]) -> list[tuple[int, list[Row]]]:
    years = list(dict.fromkeys(row["plan_year"] for row in scores))
    return [(year, [row for row in scores if row["plan_year"] == year]) for year in years]
