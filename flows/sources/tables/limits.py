"""How much one table may hold: more is no table that a clerk keeps, and would cost others their run.

What is refused is refused before it is unpacked or read, by what the file says of itself; workbooks are read in a process of their own
besides, whose memory, time and output end (workbook.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from exports.messages import _
from flows.sources.tables.model import WIDEST
from flows.workspace.errors import UnreadableSource

LONGEST_LINE = 1 << 24  # bytes of a record of delimited text
UNPACKED = 4 << 30  # bytes of text that a compressed file may hold …
RATIO = 200  # … where it holds more than so many times its own
FEW_BYTES = 8  # a file of fewer bytes a row is looked into before it is read


def require_narrow(place: str, count: int) -> None:
    """Raise UnreadableSource where a table has more columns than a person can have meant."""
    if count > WIDEST:
        raise UnreadableSource(
            _("{file}, header", file=place),
            _("{count} columns", count=count),
            _("a table of at most {count} columns", count=WIDEST),
            _("Delete the columns right of the table and send it again."),
        )


def require_unpackable(
    connection: duckdb.DuckDBPyConnection, place: str, relation: str, lengths: Sequence[str], rows: int, size: int
) -> None:
    """Raise UnreadableSource where cells of these `lengths` (SQL) of a compressed file of `size` bytes unpack to many times what it is."""
    if not lengths or size > rows * FEW_BYTES:
        return
    found = connection.execute(f"select {' + '.join(f'coalesce(sum({length}), 0)' for length in lengths)} from {relation}").fetchone()
    length = int(found[0]) if found else 0
    if length > max(UNPACKED, RATIO * size):
        raise too_large(place, length)


def too_large(place: str, length: int) -> UnreadableSource:
    return UnreadableSource(
        place,
        _("a file that unpacks to {size:.1f} GB", size=length / (1 << 30)),
        _("at most {size} GB, or {ratio} times its own size", size=UNPACKED >> 30, ratio=RATIO),
        _("Check the file, or split it by year."),
    )
