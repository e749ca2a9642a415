"""What a plan that was read lacks, in words for whoever runs the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.messages import N_, Message, _, arranged, joined
from flows.workspace.cut_lists import first_of

if TYPE_CHECKING:
    from flows.sources.plans.answer import Plan

NO_TASK, NOT_READ = N_("no task was read"), N_("not read")
MOST_LOSSES_SHOWN = 5


def shortfall(plan: Plan) -> Message:
    """What a plan lacks that was read: no task, or parts of the document; "" if nothing."""
    tasks = Message("", "") if plan.content.tasks else arranged("：{lack}", lack=_(NO_TASK))
    losses = [_(NOT_READ) + ": " + loss.words for loss in plan.content.source.losses]
    return joined("\n  ", [tasks, *first_of(losses, MOST_LOSSES_SHOWN)])
