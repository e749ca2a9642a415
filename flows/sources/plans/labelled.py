"""Clauses with a label: `牵头单位:甲;责任单位:乙、丙;完成时限:年底前`, in brackets, on a line of its own or run on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.labels import Label, read_labels
from flows.sources.plans.listends import VALUE_END, until_sentence, without_note
from flows.sources.plans.model import Clause
from flows.sources.plans.names import is_plain_unit, looks_like_unit
from flows.sources.plans.times import is_time_cell, without_deadline
from flows.sources.plans.units import read_units

_BRACKET_MARK = re.compile(r"[()〔〕]")
_STOP = re.compile(r"[。\n]")
_LONGEST_NAMELESS = 24
_LONGEST_UNLABELLED = 240


def labelled_clauses(flow: NormalizedText, start: int, end: int, stops: list[int]) -> Iterator[Clause]:
    """The clauses of flow.text[start:end] that labels begin, in order; `stops` are where numbered items begin, which end each value."""
    labels = read_labels(flow, start, end)
    bracket_end = -1
    for index, label in enumerate(labels):
        limit = labels[index + 1].start if index + 1 < len(labels) else end
        next_item = bisect_right(stops, label.start)
        item_end = stops[next_item] if next_item < len(stops) else end
        limit = min(limit, item_end)
        if label.bracket:
            bracket_end = _closing(flow.text, label.start, item_end)
        inside = label.start < bracket_end
        value_end = _value_end(flow.text, label.value, min(limit, bracket_end) if inside else limit, in_bracket=inside)
        clause_end = value_end + 1 if inside and value_end == bracket_end else value_end
        unlabelled = None if label.bracket else _before_label(flow, label, labels[index - 1].value if index else start)
        if unlabelled is not None:
            yield unlabelled
        clause = _value(flow, label, value_end, clause_end)
        if clause is not None and (not label.is_open or _shows_itself(flow.text, clause)):
            yield clause


def _shows_itself(text: str, clause: Clause) -> bool:
    """True where the value alone shows what its label is: nothing but names of units, or a time."""
    if clause.deadline:
        return is_time_cell(text[slice(*clause.deadline)])
    return bool(clause.units) and all(is_plain_unit(text[unit.start : unit.end]) for unit in clause.units)


def _before_label(flow: NormalizedText, label: Label, after: int) -> Clause | None:
    """The units of a bracket that only its last part has a label for: `(甲、乙负责落实,完成时限:年底前)`."""
    text = flow.text
    opening = text.rfind("(", max(after, label.start - _LONGEST_UNLABELLED), label.start)
    if opening < 0 or text[label.start - 1] not in ",;、" or any(sign in text[opening : label.start] for sign in "。\n)"):
        return None
    units = tuple(read_units(text, opening + 1, label.start - 1, "responsible", flow.gaps(opening + 1, label.start)))
    if not units or not all(is_plain_unit(text[unit.start : unit.end]) for unit in units):
        return None
    return Clause(opening, label.start, units, None, "bracket")


def _closing(text: str, start: int, end: int, longest: int = 600) -> int:
    """Where the bracket that opens at `start` closes; where it never does, the end of its line or sentence."""
    closing = ")" if text[start] == "(" else "〕"
    depth = 0
    for mark in _BRACKET_MARK.finditer(text, start, min(end, start + longest)):
        if mark.group() == text[start]:
            depth += 1
        elif mark.group() == closing:
            depth -= 1
            if depth == 0:
                return mark.start()
    stop = _STOP.search(text, start, end)
    return stop.start() if stop else end


def _value_end(text: str, start: int, limit: int, *, in_bracket: bool) -> int:
    """A value ends with its bracket, its sentence or its line; a line that ends in a separator goes on in the next."""
    if in_bracket:
        return limit
    depth = 0
    for mark in VALUE_END.finditer(text, start, limit):
        sign, at = mark.group(), mark.start()
        if len(sign) > 1 and depth <= 0:
            return at
        if sign in "(〔":
            depth += 1
        elif sign in ")〕":
            depth -= 1
            if depth < 0:
                return at
        elif sign == "\n" and (at == start or text[at - 1] in "、,:("):
            continue
        elif sign == "\n" or (sign == "。" and depth <= 0):
            return at
    return limit


def _before_other_label(text: str, start: int, end: int) -> int:
    """Where a list of units ends before a label that names none: 县直各部门|工作目标:全年两次, the line end between them lost."""
    colon = text.find(":", start, end)
    if colon < 0:
        return end
    last = max(text.rfind(sign, start, colon) for sign in "、,;") + 1 or start
    words = (4, 2, 3, 5, 6)
    return next((colon - word for word in words if colon - word > last and looks_like_unit(text[last : colon - word])), end)


def _value(flow: NormalizedText, label: Label, value_end: int, clause_end: int) -> Clause | None:
    text, form = flow.text, "unknown_label" if label.is_open else "label"
    start, end = label.value, value_end
    while start < end and text[start] in "\n:,;、(":
        start += 1
    end = without_note(text, start, end)
    while end > start and text[end - 1] in "\n,;、。.(":
        end -= 1
    if label.role == "person" or start >= end:
        return None
    if label.role == "deadline":
        return Clause(label.start, clause_end, (), (start, end), form)
    if re.match(r"同[上前]|同第", text[start:end]):
        return Clause(label.start, clause_end, (), None, form, same_as_above=True)
    (first, last), deadline = without_deadline(text, start, _before_other_label(text, start, end))
    units = until_sentence(text, read_units(text, first, last, label.role, flow.gaps(first, last)))
    if not deadline and end - start > _LONGEST_NAMELESS and not any(looks_like_unit(text[unit.start : unit.end]) for unit in units):
        return None  # a sentence, not a list of names
    return Clause(label.start, clause_end, units, deadline, form) if units or deadline else None
