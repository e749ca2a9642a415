"""What the reading of a table has to say about single cells, rows and sheets: what could not be read, was passed over, or was filled in.

A note names the place as a person counts (F17, 第17行) and the kind, never what stands there: notes of clerks name people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from exports.messages import N_, _

NOTES = "notes"
NOTE_SCHEMA = pa.schema(
    [
        ("source_sha256", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int64()),
        ("column_name", pa.string()),
        ("note_kind", pa.string()),
        ("note_place", pa.string()),
        ("note_text", pa.string()),
    ]
)
WORDS = {
    "unreadable_error": N_("an error value: neither a value nor empty"),
    "unreadable_formula": N_("a formula without a result"),
    "lost_digits": N_("a number that has lost digits: no key"),
    "unreadable_garbled": N_("garbled, with bytes lost: neither a value nor empty"),
    "mended_text": N_("UTF-8 that was encoded twice: read as it was before"),
    "ditto": N_("a ditto mark, read as the row above"),
    "merged_cells": N_("merged cells: rows below read as their first"),
    "merged_across": N_("merged with another column's cell: neither a value nor empty"),
    "hidden_row": N_("a hidden row: passed over"),
    "hidden_column": N_("a hidden column: passed over"),
    "hidden_sheet": N_("a hidden sheet: passed over"),
    "repeated_header": N_("a header again: no record"),
    "note_row": N_("a note or signature: no record"),
    "filling_row": N_("numbers of columns, hints, names of fields or an example: no record"),
    "total_row": N_("a sum: no record"),
    "heading_row": N_("a heading over rows: no record"),
    "sheet_without_table": N_("a sheet without the register's headers: taken for an explanation"),
    "private_sheet_name": N_("the name of a sheet holds personal data: its rows go on"),
    "explaining_sheet": N_("a sheet of explanations or examples by its name: passed over"),
    "second_column": N_("another column for the same field is filled better"),
    "joined_columns": N_("another column for the same field, of which each row fills one: read together"),
    "loose_header": N_("recognised but for words in brackets"),
    "other_cells": N_("header of this column, no cell a word of it: not used"),
    "told_by_header": N_("the file has no such column; its other headers say it"),
    "stray_cells": N_("stray cells far outside: passed over"),
    "short_row": N_("cells missing at the end of a row: read as empty"),
}
"""What is said of each kind: messages."""
CAREFUL = (
    "unreadable_error",
    "unreadable_formula",
    "unreadable_garbled",
    "mended_text",
    "lost_digits",
    "merged_across",
    "hidden_row",
    "hidden_column",
    "hidden_sheet",
    "private_sheet_name",
    "explaining_sheet",
    "second_column",
    "stray_cells",
    "loose_header",
    "other_cells",
)
"""Kinds that a clerk must hear of; the others are how tables are kept."""


@dataclass(frozen=True)
class Note:
    """One thing to say; `row` counts as source_row does, None for what is about a column, a sheet or the file."""

    kind: str
    place: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


def write_notes(folder: Path, digest: str, notes: Sequence[Note]) -> None:
    """Write `notes.parquet`, in the order given; nothing where nothing is to be said."""
    if not notes:
        return
    rows = [
        {
            "source_sha256": digest,
            "source_sheet": note.sheet,
            "source_row": note.row,
            "column_name": note.column,
            "note_kind": note.kind,
            "note_place": note.place,
            "note_text": str(_(WORDS[note.kind])),
        }
        for note in notes
    ]
    pq.write_table(pa.Table.from_pylist(rows, NOTE_SCHEMA), folder / f"{NOTES}.parquet", compression="zstd")
