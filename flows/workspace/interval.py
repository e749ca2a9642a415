"""The interval between the days of a series, as `gongkai backfill` and Prefect's form offer it."""

from __future__ import annotations

from enum import StrEnum


class Every(StrEnum):
    """The interval between the days of a series."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"
