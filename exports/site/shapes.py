"""Geometry of the charts: numbers in, places in a drawing out. The templates draw them as SVG, each beside the figures that it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A part of a bar: its tone, where it begins and how wide it is, in percent of the whole."""

    tone: str
    start: float
    width: float
    count: int


def pieces(counts: Mapping[str, int], whole: int | None = None) -> list[Piece]:
    """A bar of `counts` one after the other; `whole` is what 100 % is, left out: their sum. Nothing is drawn where there is nothing."""
    total = whole or sum(counts.values())
    found: list[Piece] = []
    start = 0
    for tone, count in counts.items():
        if count and total:
            found.append(Piece(tone, _percent(start, total), _percent(count, total), count))
        start += count
    return found


@dataclass(frozen=True)
class Track:
    """A target with progress on a scale from 0 to `scale`, places in percent; None where it is not known."""

    reached: float | None
    due: float
    target: float
    low: float | None
    high: float | None


def track(row: Mapping[str, object], scale: float) -> Track:
    """Progress of one unit: what is reached, what would be on course by now, the target, and the forecast with its interval."""
    target, elapsed = _number(row["target_count"]), _number(row["elapsed_share"])
    known = [_number(row[name]) for name in ("disclosed_count", "forecast_low", "forecast_high")]
    places = [None if value is None else _percent(value, scale) for value in known]
    return Track(places[0], _percent((target or 0) * min(elapsed or 0, 1), scale), _percent(target or 0, scale), places[1], places[2])


def scale_of(rows: Sequence[Mapping[str, object]]) -> float:
    """The end of the scale that units of one kind share: the greatest number to be drawn."""
    names = ("target_count", "disclosed_count", "forecast_high")
    return max((value for row in rows for name in names if (value := _number(row[name])) is not None), default=1) or 1


@dataclass(frozen=True)
class Column:
    """A month of the year's column chart: places and heights in units of the drawing, from the top, and the counts."""

    label: str
    x: float
    parts: tuple[tuple[str, float, float], ...]  # tone, y, height
    counts: Mapping[str, int]


CHART_WIDTH, CHART_HEIGHT, COLUMN_WIDTH = 360, 160, 22
_LEAST_HEIGHT = 2.5  # what is there is seen, however small its share


def columns(months: Sequence[tuple[str, Mapping[str, int]]]) -> list[Column]:
    """Stacked columns: in each the counts one upon the other, on one scale."""
    highest = max((sum(counts.values()) for _, counts in months), default=0) or 1
    step = CHART_WIDTH / max(len(months), 1)
    found = []
    for place, (label, counts) in enumerate(months):
        floor, parts = float(CHART_HEIGHT), []
        for tone, count in counts.items():
            if count:
                height = max(round(count / highest * (CHART_HEIGHT - 14), 2), _LEAST_HEIGHT)
                floor = round(floor - height, 2)
                parts.append((tone, floor, height))
        found.append(Column(label, round(place * step + (step - COLUMN_WIDTH) / 2, 2), tuple(parts), dict(counts)))
    return found


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 3)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
