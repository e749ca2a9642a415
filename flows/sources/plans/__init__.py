"""Reads 政务公开 plans: `read_plan(bytes, file name)` gives the document's facts, tasks, targets and unit lists with their places.

The reader is imported when a plan is read: its patterns take half a second to compile, and other parts of the project only want a
table of this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.sources.plans.answer import Plan
    from flows.sources.plans.text import SourceText

READER_VERSION = "1.10"
"""Changes whenever the same file would be read differently."""

__all__ = ["READER_VERSION", "read_plan", "read_plan_text"]


def read_plan(data: bytes, name: str) -> Plan:
    """Read one plan file; the suffix of `name` chooses the format. Raises UnreadableSource for what cannot be read, nothing else."""
    from flows.sources.plans.text import read_text

    return read_plan_text(read_text(data, name))


def read_plan_text(source: SourceText) -> Plan:
    """Read a plan whose text is already there."""
    from flows.sources.plans.answer import Plan
    from flows.sources.plans.plan import read_content
    from flows.sources.plans.recognised import lower_confidence

    content = read_content(source)
    lower_confidence(content.tasks, source)
    return Plan(content)
