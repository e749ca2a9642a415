"""Tasks read from recognised text (OCR) are surer of nothing than the recognition was of its lines."""

from __future__ import annotations

from bisect import bisect_left

from flows.sources.plans.model import Task
from flows.sources.plans.text import SourceText

AT_MOST = 0.9
"""The highest confidence of a task whose text was recognised, where recognition was entirely sure."""


def lower_confidence(tasks: list[Task], source: SourceText) -> None:
    """Multiply the confidence of each task on recognised lines by the lowest score of its lines, and by AT_MOST."""
    scored = [(line.number, line.score) for line in source.lines if line.score is not None]
    for task in tasks if scored else ():
        first = bisect_left(scored, (task.place.line_start, 0.0))
        last = bisect_left(scored, (task.place.line_end + 1, 0.0), first)
        scores = [score for _, score in scored[first:last]]
        if scores:
            task.recognised = AT_MOST * min(scores)
