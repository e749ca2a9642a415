"""What a plan that was read lacks, in words for whoever runs the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.workspace.cut_lists import first_of

if TYPE_CHECKING:
    from flows.sources.plans.answer import Plan

NO_TASK, NOT_READ = "没有读出任务 no task was read", "未读部分 not read"
MOST_LOSSES_SHOWN = 5


def shortfall(plan: Plan) -> str:
    """What a plan lacks that was read: no task, or parts of the document; "" if nothing."""
    tasks = "" if plan.content.tasks else f"：{NO_TASK}"
    losses = plan.content.source.losses
    return tasks + "".join(f"\n  {line}" for line in first_of([f"{NOT_READ}: {loss}" for loss in losses], MOST_LOSSES_SHOWN))
