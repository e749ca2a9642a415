"""Clauses: who leads, who is responsible, by when; found anywhere in a task and cut into units and deadlines.

Three forms are read: with a label (`牵头单位:甲;责任单位:乙、丙;完成时限:年底前`, in brackets, on a line of its own or run on), in
brackets without a label (`(甲牵头,乙、丙配合)`, `(甲、乙、丙)`, `(6月底前)`) and as a sentence (`由甲牵头,乙配合。`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.labelled import labelled_clauses
from flows.sources.plans.model import Clause
from flows.sources.plans.unlabelled import bracketed_clauses, sentence_clauses


def read_clauses(flow: NormalizedText, start: int, end: int, stops: list[int]) -> list[Clause]:
    """All clauses of flow.text[start:end] in order. `stops` are the places where a numbered item begins: no clause reaches across one."""
    found = [*labelled_clauses(flow, start, end, stops)]
    for others in (bracketed_clauses(flow, start, end, stops), sentence_clauses(flow, start, end)):
        found = sorted([*found, *_apart(found, others)], key=lambda clause: clause.start)
    return found


def _apart(taken: list[Clause], others: Iterator[Clause]) -> Iterator[Clause]:
    """Those of `others` that meet none of `taken`, which are in order."""
    starts = [clause.start for clause in taken]
    for clause in others:
        at = bisect_left(starts, clause.end)
        if not at or taken[at - 1].end <= clause.start:
            yield clause
