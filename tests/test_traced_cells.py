"""Where the traces of a whole county end: fifty cells of every dataset, each source opened at the place that is named."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from exports.catalog import Dataset, load_catalog
from exports.changes.compare import key_text
from exports.sql_text import literal
from flows.reports.trace import trace
from flows.reports.traced import Cell
from flows.workspace.settings import Workspace
from tests.conftest import County
from tests.sources_opened import cell_at, plain, printed, text_of

pytestmark = pytest.mark.rest
CELLS = 50
COMPUTED = {"annual_report", "data_quality", "extraction_accuracy"}  # counts of what is public nowhere: a trace says of what
COUNTED = COMPUTED | {"score_evidence", "scorecards"}  # … and so are records of registers that have no dataset of their rows


def chosen(made: County, dataset: Dataset) -> list[tuple[str, str, Any]]:
    """Fifty filled cells of the released dataset, at random: key, column, value."""
    file = literal(str(made.latest / f"data/{dataset.slug}.parquet"))
    with duckdb.connect() as connection:
        rows = connection.execute(f"select {key_text(dataset.primary_key)}, * from {file} order by all").fetchall()
    filled = [(row[0], name, value) for row in rows for name, value in zip(dataset.column_names, row[1:], strict=True) if value is not None]
    return random.Random(20261201).sample(filled, min(CELLS, len(filled)))


def is_there(inbox: Path, cell: Cell) -> bool:
    """Whether the file has the bytes that are named, and at the place what the trace says (a place without a value only has to be there)."""
    path = inbox / cell.source_path
    if hashlib.sha256(path.read_bytes()).hexdigest() != cell.source_sha256:
        return False
    if cell.source_row is None:
        words = plain(text_of(path))
        return all(plain(part) in words for part in (cell.value or "").split("|"))  # a row of a table; its merged cells are printed once
    if cell.header is None:
        return cell.value is None
    found = cell_at(path, cell.source_sheet, cell.source_row, cell.header)
    return found != "" if cell.note else found == printed(cell.value)


@pytest.mark.parametrize("name", [*load_catalog().datasets])
def test_every_trace_ends_at_a_cell_that_is_found_in_the_source(whole_sample: County, name: str) -> None:
    workspace, dataset = Workspace.open(whole_sample.root), load_catalog().datasets[name]
    ends: Counter[str] = Counter()
    for key, column, value in chosen(whole_sample, dataset):
        found = trace(workspace, name, key, column)
        assert found.values == {column: value}
        for cell in found.cells:
            assert is_there(whole_sample.root / "inbox", cell), (key, column, cell)
        ends["a source" if found.cells else "words"] += 1
        assert found.cells or (name in COUNTED and found.steps), (key, column)
    print(f"{name}: {dict(ends)}")
