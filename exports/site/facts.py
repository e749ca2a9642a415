"""What several pages of the site say: tasks, units and plans with all that is known of each, and the figures of the home page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from exports.catalog import Catalog
from exports.release.manifest import Release
from exports.site.addresses import plan_page, task_page, unit_page
from exports.site.tables import Row, Tables
from exports.site.words import TONES, word

DUE_SOON_DAYS = 30
MOST_REPLIES = 30  # of a page
LONGEST_REPLY = 1000  # characters that a page quotes of a reply; the page says where all of it is
_DELIVERY = "from task_delivery order by deadline_on nulls last, task_id, owner_id"
_TASKS = "from plan_tasks order by document_id, task_index, task_id"
_PLANS = "from plan_documents order by plan_year desc nulls last, issued_on desc nulls last, document_id"
_UNITS = "from units order by list_position(['department', 'town', 'park'], unit_kind), unit_name, unit_id"
_TASK_UNITS = "from task_units order by task_id, unit_role <> 'lead', position, printed_unit_name"
_REPLIES = f"""
    select * replace (reply_text[:{LONGEST_REPLY}] as reply_text), length(reply_text) > {LONGEST_REPLY} as is_cut
    from unit_replies order by replied_on desc, record_id
"""
_PROGRESS = "from target_progress order by plan_year, unit_name, unit_id"


@dataclass(frozen=True)
class Facts:
    """The release that is being written and its tables; every list is in a fixed order."""

    catalog: Catalog
    release: Release
    tables: Tables

    @property
    def as_of(self) -> date:
        return self.release.as_of

    @cached_property
    def plans(self) -> list[Row]:
        return [{**row, "page": plan_page(row["document_id"])} for row in self.tables.rows(_PLANS)]

    @cached_property
    def plan_of(self) -> Mapping[str, Row]:
        return {row["document_id"]: row for row in self.plans}

    @cached_property
    def tasks(self) -> list[Row]:
        """Every task with its address, the bodies that answer for it (`owners`) and how many of them are in which tone (`tones`)."""
        owners = self._delivery_by("task_id")
        tasks = self.tables.rows(_TASKS)
        return [
            {
                **row,
                "page_number": row["page"],
                "page": task_page(row["task_id"]),
                "owners": owners.get(row["task_id"], []),
                "tones": tones(owners.get(row["task_id"], [])),
            }
            for row in tasks
        ]

    @cached_property
    def task_of(self) -> Mapping[str, Row]:
        return {row["task_id"]: row for row in self.tasks}

    @cached_property
    def units(self) -> list[Row]:
        """Every unit with its address, the tasks for which it answers in the year (`delivery`) and the counts of these by tone (`tones`)."""
        own = self._delivery_by("unit_id")
        return [
            {
                **row,
                "page": unit_page(row["unit_id"]),
                "delivery": own.get(row["unit_id"], []),
                "tones": tones(one for one in own.get(row["unit_id"], []) if one["plan_year"] == self.year),
            }
            for row in self.tables.rows(_UNITS)
        ]

    @cached_property
    def unit_of(self) -> Mapping[str, Row]:
        return {row["unit_id"]: row for row in self.units}

    @cached_property
    def delivery(self) -> list[Row]:
        """One row per task and body that answers for it, with the tone of its status."""
        return [{**row, "tone": word("delivery_status", row["delivery_status"]).tone} for row in self.tables.rows(_DELIVERY)]

    @cached_property
    def year(self) -> int:
        """The year that the home page is about: the newest that has tasks, else that of the as-of date."""
        return max((row["plan_year"] for row in self.delivery if row["plan_year"]), default=self.as_of.year)

    @cached_property
    def of_year(self) -> list[Row]:
        return [row for row in self.delivery if row["plan_year"] == self.year]

    @cached_property
    def printed_units(self) -> Mapping[str, list[Row]]:
        """Units as each task prints them, leading ones first."""
        return self.tables.grouped("task_id", _TASK_UNITS)

    @cached_property
    def replies(self) -> Mapping[str, list[Row]]:
        """By unit what it answered to verdicts of this release, the latest first; with the verdict on its task, None for other kinds.

        A reply to a task on which this release has no verdict of the unit is left out: nothing would stand beside it that it answers.
        """
        verdicts = {(row["task_id"], row["unit_id"]): row for row in self.delivery}
        found: dict[str, list[Row]] = {}
        for row in self.tables.rows(_REPLIES):
            verdict = verdicts.get((row["task_id"], row["unit_id"]))
            if verdict is not None or row["task_id"] is None:
                own = found.setdefault(row["unit_id"], [])
                own.append({**row, "number": len(own) + 1, "verdict": verdict, "page": self._page_of_task(row["task_id"])})
        return found

    def _page_of_task(self, task_id: str | None) -> str | None:
        return self.task_of[task_id]["page"] if task_id is not None and task_id in self.task_of else None

    @cached_property
    def progress(self) -> list[Row]:
        """Targets with progress; `standing` is a code of the words of `pace`."""
        return [{**row, "standing": standing(row, self.as_of)} for row in self.tables.rows(_PROGRESS)]

    @cached_property
    def due_soon(self) -> list[Row]:
        """Tasks due within the next days that are not known to be done: with `open_count`, the bodies that have still to deliver."""
        until = self.as_of + timedelta(days=DUE_SOON_DAYS)
        due = [row for row in self.delivery if row["deadline_on"] and self.as_of <= row["deadline_on"] <= until]
        found = Counter(row["task_id"] for row in due if row["tone"] in {"running", "unknown"})
        dates = {row["task_id"]: row["deadline_on"] for row in due}
        ordered = sorted(found, key=lambda task: (dates[task], task))
        return [{**self.task_of[task], "open_count": found[task], "due_on": dates[task]} for task in ordered if task in self.task_of]

    def _delivery_by(self, key: str) -> dict[Any, list[Row]]:
        found: dict[Any, list[Row]] = {}
        for row in self.delivery:
            found.setdefault(row[key], []).append(row)
        return found


def tones(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many rows have which tone, in the order in which tones are shown; every tone is there."""
    found = Counter(row["tone"] for row in rows)
    return {tone: found[tone] for tone in TONES}


def standing(row: Mapping[str, Any], as_of: date) -> str:
    """A unit's progress towards its target: unknown unless the data say whether it is behind."""
    if row["is_behind"] is None or row["disclosed_count"] is None:
        return "unknown"
    if row["disclosed_count"] >= row["target_count"]:
        return "reached"
    if row["plan_year"] < as_of.year:
        return "missed"
    return "behind" if row["is_behind"] else "on_course"


def by_kind(units: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Units by kind: only units of like kind are set side by side."""
    kinds = list(dict.fromkeys(unit["unit_kind"] for unit in units))
    return [(kind, [unit for unit in units if unit["unit_kind"] == kind]) for kind in kinds]
