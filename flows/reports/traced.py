"""What a trace ends in: the values that were asked for, the steps between, and the cells of the sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A place in a source. `value` is what is printed there, None for an empty cell or where `note` says why it is not shown."""

    source_path: str
    source_sha256: str | None
    source_sheet: str | None = None
    source_row: int | None = None
    header: str | None = None
    line_start: int | None = None
    line_end: int | None = None
    page: int | None = None
    value: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Trace:
    """The row's values (of the column asked for, or of all), the steps between, and the cells at the end of the way."""

    dataset: str
    key: str
    values: dict[str, Any]
    steps: tuple[str, ...]
    cells: tuple[Cell, ...]
