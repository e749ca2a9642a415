"""Which item a clause belongs to: the smallest that holds it, or the one above where it closes a list or is an item of its own."""

from __future__ import annotations

from bisect import bisect_right

from flows.sources.plans.model import Clause
from flows.sources.plans.outline import Item

ByItem = dict[int, list[Clause]]


def assign(text: str, items: list[Item], clauses: list[Clause]) -> ByItem:
    """The clauses of each item by id(item); `items` are in document order."""
    by_item: ByItem = {}
    starts = [item.start for item in items]
    for clause in clauses:
        item: Item | None = items[bisect_right(starts, clause.start) - 1]
        while item is not None and clause.start >= item.end:
            item = item.parent
        if item is not None:
            by_item.setdefault(id(item), []).append(clause)
    _raise_bare_clauses(items, by_item)
    _raise_closing_clauses(text, items, by_item)
    return {item: sorted(held, key=lambda clause: clause.start) for item, held in by_item.items()}


def _raise_bare_clauses(items: list[Item], by_item: ByItem) -> None:
    """`(1)责任单位:甲` has no words of its own: its clause is the parent's."""
    for item in reversed(items):
        clauses = by_item.get(id(item), [])
        if clauses and not item.children and clauses[0].start <= item.body and item.end - clauses[-1].end <= 2:  # noqa: PLR2004 -- a stop and a line end
            del by_item[id(item)]
            if item.parent is not None:
                by_item.setdefault(id(item.parent), []).extend(clauses)


def _raise_closing_clauses(text: str, items: list[Item], by_item: ByItem) -> None:
    """A clause behind the last of several clauseless items holds for all: on a line of its own, or where they stand in one sentence."""
    alone_styles = {item.style for item in items if id(item) in by_item and not _closes_list(item, by_item)}
    for item in reversed(items):
        if id(item) not in by_item or item.parent is None or item.style in alone_styles or not _closes_list(item, by_item):
            continue
        if not item.at_line_head or _on_own_line(text, by_item[id(item)]):
            by_item.setdefault(id(item.parent), []).extend(by_item.pop(id(item)))


def _on_own_line(text: str, clauses: list[Clause]) -> bool:
    """True where the first clause begins a line and the others follow it directly."""
    follow = all(after.start - before.end <= 2 for before, after in zip(clauses, clauses[1:], strict=False))  # noqa: PLR2004, RUF007
    return text[clauses[0].start - 1] == "\n" and follow


def _closes_list(item: Item, by_item: ByItem) -> bool:
    """True for the last of several items of which no other carries a clause."""
    siblings = item.parent.children if item.parent else []
    return len(siblings) > 1 and siblings[-1] is item and not any(id(other) in by_item for other in siblings[:-1])
