"""Lists that are shown in part, each with the number of those that are not shown: no list looks whole that is not."""

from __future__ import annotations

from collections.abc import Sequence

from exports.messages import Message, _


def and_more(count: int) -> Message:
    """What stands in place of `count` things that are not shown."""
    return _("and {count:,} more", count=count)


def first_of(lines: Sequence[str], most: int) -> list[str]:
    """The first `most` lines; where there are others, one more that says how many."""
    return [*lines[:most], *([and_more(len(lines) - most)] if len(lines) > most else [])]
