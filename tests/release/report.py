"""What a failure says: leaks and wrongly held rows by kind, with counts, words, headers, formats and places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from tests.release.marks import Mark

T = TypeVar("T")


def _grouped(items: Iterable[T], kind: Callable[[T], tuple[str, str]]) -> list[tuple[tuple[str, str], list[T]]]:
    groups: dict[tuple[str, str], list[T]] = defaultdict(list)
    for item in items:
        groups[kind(item)].append(item)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _kind(mark: Mark) -> tuple[str, str]:
    return mark.kind, mark.register


def leaks_told(leaks: Sequence[tuple[Mark, list[str]]], marks: Iterable[Mark], each: int = 1000) -> str:
    """Leaks by kind and register with how many there were, then each one with the places where it stands."""
    total: dict[tuple[str, str], int] = defaultdict(int)
    for mark in marks:
        total[_kind(mark)] += not mark.leaves
    lines = [f"{len(leaks)} of {sum(total.values())} withheld marks left"]
    for kind, group in _grouped(leaks, lambda leak: _kind(leak[0])):
        lines.append(f"== {kind[0]} [{kind[1]}]: {len(group)} of {total[kind]}")
        lines += [f"   {mark}\n      in {'; '.join(places[:4])}{' …' if len(places) > 4 else ''}" for mark, places in group[:each]]
    return "\n".join(lines)


def held_told(held: Sequence[Mark], marks: Iterable[Mark], each: int = 1000) -> str:
    """Rows that must leave and did not, in the same order."""
    total: dict[tuple[str, str], int] = defaultdict(int)
    for mark in marks:
        total[_kind(mark)] += mark.leaves
    lines = [f"{len(held)} of {sum(total.values())} public marks were held"]
    for kind, group in _grouped(held, _kind):
        lines.append(f"== {kind[0]} [{kind[1]}]: {len(group)} of {total[kind]}")
        lines += [f"   {mark}" for mark in group[:each]]
    return "\n".join(lines)
