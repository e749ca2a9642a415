"""Plan documents and their tasks: the words of each task as they are printed, what was read from them, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exports.site.facts import MOST_REPLIES, Facts
from exports.site.rendering import Page
from exports.site.shapes import pieces
from exports.site.tables import Row
from exports.site.words import TONES

_TARGETS = "from unit_targets order by document_id, position, printed_unit_name"


def plan_list(facts: Facts, page: Callable[..., Page]) -> Page:
    """plans.html."""
    return page("plans.html", "plans.html", "plans", plans=[{**plan, **_counts(facts, plan)} for plan in facts.plans])


def plan_pages(facts: Facts, page: Callable[..., Page]) -> Iterator[Page]:
    """One page a document: its tasks in the order of the document, its targets."""
    targets = facts.tables.grouped("document_id", _TARGETS)
    tasks = _tasks_of(facts)
    for plan in facts.plans:
        own = tasks.get(plan["document_id"], [])
        yield page(
            "plan.html",
            plan["page"],
            "plans",
            plan={**plan, **_counts(facts, plan)},
            tasks=own[:MOST_TASKS],
            hidden_count=max(len(own) - MOST_TASKS, 0),
            printed_units=facts.printed_units,
            targets=targets.get(plan["document_id"], []),
        )


MOST_TASKS = 200  # of a page, which is to stay under 300 KB; each task has its own page, and the table of tasks has all


def task_pages(facts: Facts, page: Callable[..., Page]) -> Iterator[Page]:
    """One page a task: quoted words, deadline and the rule that dated it, units, and for each the verdict with its rule and day."""
    for task in facts.tasks:
        plan = facts.plan_of.get(task["document_id"])
        yield page(
            "task.html",
            task["page"],
            "tasks",
            task=task,
            plan=plan,
            printed=facts.printed_units.get(task["task_id"], []),
            task_pieces=pieces(task["tones"]),
            replies=_replies_to(facts, task),
        )


def _replies_to(facts: Facts, task: Row) -> list[Row]:
    """What units that answer for the task replied to its verdicts, unit by unit."""
    units = dict.fromkeys(row["unit_id"] for row in task["owners"])
    replies = [reply for unit in units for reply in facts.replies.get(unit, []) if reply["task_id"] == task["task_id"]]
    return replies[:MOST_REPLIES]


def _tasks_of(facts: Facts) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for task in facts.tasks:
        found.setdefault(task["document_id"], []).append(task)
    return found


def _counts(facts: Facts, plan: Row) -> dict[str, Any]:
    own = _tasks_of(facts).get(plan["document_id"], [])
    total = {tone: sum(task["tones"][tone] for task in own) for tone in TONES}
    return {"totals": total, "total_pieces": pieces(total)}
