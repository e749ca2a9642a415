"""Tasks whose reading is not sure: they go out as CSV, a person's decisions come in as CSV and are kept in `decisions/tasks.csv`.

A decision names the reading by a hash of its words and of what was read of them, so it holds wherever the same words are read the same
way, and the question is open again where either has changed. `right` confirms a reading; `wrong` leaves it marked, and what the person
wrote into the other columns is kept as the right answer, a label by which the reader can be measured.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa

from exports.messages import Message, _, listed
from flows.warehouse.review import write_list
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

TABLE = "reference.task_decisions"
GRAIN = "one row per reading of a task that a person decided about"
COLUMNS = (
    "reading_sha256",
    "task_decision",
    "task_no",
    "task_title",
    "lead_units",
    "responsible_units",
    "deadline_text",
    "deadline_on",
    "quoted_text",
)
DECISIONS = ("right", "wrong")
FORM = """
    select reading_sha256, '' as task_decision, task_no, task_title, lead_units, responsible_units, deadline_text, deadline_on, quoted_text,
        document_id, line_start, page, reading_confidence
    from core.task_reviews
    order by reading_confidence, document_id, line_start
"""
GLANCE = """
    select document_id, line_start, reading_confidence, task_title, lead_units, responsible_units, deadline_on
    from core.task_reviews
    order by reading_confidence, document_id, line_start
"""
Line = dict[str, str]


def write_task_review(workspace: Workspace, target: Path) -> int:
    """Write the tasks to review, the least sure first, with `task_decision` to fill in. Gives their number.

    Raises:
        ConfigurationError: there is no warehouse.
    """
    return write_list(workspace, FORM, target)


def is_task_review(source: Path) -> bool:
    """True for a list of tasks, False for a list of unit names."""
    with source.open(encoding="utf-8-sig", newline="") as stream:
        return COLUMNS[0] in (csv.DictReader(stream).fieldnames or ())


def take_task_decisions(workspace: Workspace, source: Path) -> int:
    """Take the filled lines of a list into the workspace's decisions; a later one replaces an earlier one about the same reading.

    Raises:
        ConfigurationError: the list lacks a column, or a decision is neither `right` nor `wrong`.
    """
    decided = _lines(source)
    kept = read_task_decisions(workspace) | decided
    workspace.task_decisions.parent.mkdir(exist_ok=True)
    with workspace.task_decisions.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(line for _reading, line in sorted(kept.items()))
    return len(decided)


def read_task_decisions(workspace: Workspace) -> dict[str, Line]:
    """Hash of a reading → the line that decides about it, with what is right as the person left it.

    Raises:
        ConfigurationError: the list was changed by hand to something that is no decision.
    """
    return _lines(workspace.task_decisions) if workspace.task_decisions.exists() else {}


def task_decisions(workspace: Workspace) -> pa.Table:
    """The decisions as a table: `reading_sha256`, `task_decision`."""
    lines = [*read_task_decisions(workspace).values()]
    return pa.table({name: pa.array([line[name] for line in lines], pa.string()) for name in COLUMNS[:2]})


def _lines(source: Path) -> dict[str, Line]:
    """The filled lines of a list by the hash of their reading."""
    with source.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
            found, expected = _("no {columns}", columns=listed(missing)), _("the columns {columns}", columns=listed(COLUMNS))
            raise _wrong(_("{file}, header", file=source), found, expected)
        rows = [{column: (row[column] or "").strip() for column in COLUMNS} for row in reader]
    filled = [(number, row) for number, row in enumerate(rows, start=2) if row["task_decision"]]
    for number, row in filled:
        if row["task_decision"] not in DECISIONS:
            place = _("{file}, line {line}, {column}", file=source, line=number, column="task_decision")
            raise _wrong(place, row["task_decision"], _("one of {expected}", expected=listed(DECISIONS)))
    return {row["reading_sha256"]: row for _number, row in filled}


def _wrong(place: Message, found: str, expected: str) -> ConfigurationError:
    return ConfigurationError(finding(place, found, expected, _("Correct the line and hand the list in again.")))
