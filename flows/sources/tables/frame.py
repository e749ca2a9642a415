"""What every tabular format is read as: a relation that DuckDB can read.

A frame names its relation and says how to write, in SQL, a row's number, its sheet and the text under a header, so that the reader of
registers need not know what kind of file it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from flows.sources.tables.notes import Note
from flows.sources.tables.over import Over

Reject = tuple[int | None, str, str]


@dataclass(frozen=True)
class Frame:
    """A table of text: `relation`, whose `source_row` numbers the rows (null: they are numbered as they come), and for each
    header the SQL of the text under it.

    `names` says which header stands for which column of the register, where the reading has settled that; `over` are the texts over its
    rows that are none of them. `rejects`, `recovered` (rows that could not be split but whose cells are plain all the same: an Arrow
    table of the relation's columns) and `lone` (headings among those rows) are asked after the relation was read.
    """

    columns: Mapping[str, str]
    relation: str
    sheet: str = "cast(null as varchar)"
    rejects: Callable[[], list[Reject]] = field(default=list)
    encoding: str | None = None  # of texts
    counts_rejects: bool = True  # whether source_row counts the rows that were rejected
    names: Mapping[str, str] | None = None
    notes: list[Note] = field(default_factory=list)
    recovered: Callable[[], pa.Table | None] = field(default=lambda: None)
    over: list[Over] = field(default_factory=list)
    lone: Callable[[], list[Over]] = field(default=list)

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(self.columns)


def said_by(error: Exception, path: Path) -> str:
    """An error's first line without the folders of this machine."""
    return str(error).splitlines()[0][:200].replace(str(path), path.name).strip()
