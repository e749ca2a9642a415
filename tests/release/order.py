"""Records of several versions, and the ways to spread them over files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from random import Random

from tests.release.counties import DATED, FORMATS
from tests.release.marks import Marks
from tests.release.recipes import DATED as DAY
from tests.release.rows import MARKED, Cells, Maker, Row
from tests.release.sheets import Sheet
from tests.release.versions import STATED, WITHHOLDING
from tests.release.workspace import Workspace

RECORDS = 30  # of each register
FILES = 4
ENDS = ("closed_on", "rectified_on", "decided_on")  # days that would come before the later ones
HEADERS = {column: column for column in STATED}


def _version(row: Row, number: int, dated: bool, rng: Random) -> Row:
    cells: Cells = {**row.cells, **STATED}
    if dated:
        cells[DAY[row.register]] = cells[DAY[row.register]] + timedelta(days=number)
        cells |= dict.fromkeys(name for name in ENDS if name in cells)
    if rng.random() < 0.5 and row.register != "policy_interpretations":  # its title is part of its key
        cells[MARKED[row.register]] = f"{cells[MARKED[row.register]]}第{number + 1}版"
    if rng.random() < 0.4:
        cells["printed_unit_name"] = (
            cells["printed_unit_name"].replace("县", "栖川县") if row.register != "enforcement_results" else cells["printed_unit_name"]
        )
    if rng.random() < 0.25:
        cells |= rng.choice(list(WITHHOLDING.values()))(rng)
    return Row(row.register, cells, row.marks)


def records(seed: int) -> list[list[Row]]:
    """Two to five versions of each record; half of the records have a date of its own for every version, the others the same for all."""
    make, made = Maker(Marks(seed)), []
    for register in DATED:
        for _ in range(RECORDS):
            row, dated = make.row(register, True, "version"), make.rng.random() < 0.5
            made.append([_version(row, number, dated, make.rng) for number in range(make.rng.randint(2, 5))])
    return made


def spread(root: Path, several: list[list[Row]], seed: int) -> Workspace:
    """A workspace that holds all versions, each in a file and at a place that `seed` decides."""
    rng, sheets = Random(seed), []
    for register in DATED:
        boxes: list[list[Row]] = [[] for _ in range(FILES)]
        for row in (row for rows in several for row in rows if row.register == register):
            rng.choice(boxes).append(row)
        for number, box in enumerate(filter(None, boxes)):
            rng.shuffle(box)
            sheets.append(Sheet(register, f"{rng.choice('abcxyz')}{number}", box, rng.choice(FORMATS), HEADERS))
    return Workspace(root, Marks(seed)).put(sheets)


def rows_released(workspace: Workspace) -> dict[str, list[tuple[str, ...]]]:
    """Dataset -> its rows in order, without the columns that say in which file a row stands."""
    result = {}
    for register in DATED:
        path = workspace.latest / "data" / f"{register.replace('_', '-')}.csv"
        table = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))) if path.exists() else []
        result[register] = sorted(tuple(f"{name}={cell}" for name, cell in row.items() if not name.startswith("source_")) for row in table)
    return result
