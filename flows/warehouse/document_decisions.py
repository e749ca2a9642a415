"""What a person decided about single plan documents: `decisions/documents.csv` in the workspace, one document a line.

A document is named by its id or its path below the inbox (both under `document_id`), or by the SHA-256 of its bytes; with both, both must be its own. `release` lets a
document leave that no rule could place (an unknown mark, an unknown kind, no plan, words of a document that is held), `hold` keeps one in.
No decision lets out what bears a mark of 不予公开, 依申请公开, a secrecy grade or 内部资料.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from exports.messages import Message, _, listed
from flows.sources.plans.kind_table import kinds
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

COLUMNS = ("document_id", "source_sha256", "document_decision", "document_kind", "decision_reason", "decided_by", "decided_on")
DECISIONS = ("release", "hold")
TABLE = "reference.document_decisions"
GRAIN = "one row per decision of a person about a plan document, as the workspace's list has it"
SHA256_LENGTH = 64
Line = dict[str, str | None]


def read_document_decisions(workspace: Workspace) -> list[Line]:
    """Every line of the list, in its order, empty cells as None.

    Raises:
        ConfigurationError: the list lacks a column, or a line does not say which document, what, why, who and when.
    """
    path = workspace.document_decisions
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
            found, expected = _("no {columns}", columns=listed(missing)), _("the columns {columns}", columns=listed(COLUMNS))
            raise _wrong(_("{file}, header", file=path), found, expected)
        lines = [{column: (row[column] or "").strip() or None for column in COLUMNS} for row in reader]
    for number, line in enumerate(lines, start=1):
        for fault in _faults(line):
            raise _wrong(_("{file}, line {line}", file=path, line=number), *fault)
    return lines


def document_decisions(workspace: Workspace) -> pa.Table:
    """The list as a table of text columns, `decided_on` as a date; `decision_line` is the line's, from 1."""
    lines = read_document_decisions(workspace)
    columns = {name: pa.array([line[name] for line in lines], pa.string()) for name in COLUMNS if name != "decided_on"}
    days = pa.array([date.fromisoformat(line["decided_on"] or "") for line in lines], pa.date32())
    return pa.table(columns | {"decided_on": days, "decision_line": pa.array(range(1, len(lines) + 1), pa.int64())})


def _faults(line: Line) -> Iterator[tuple[str, str]]:
    """What a line says wrongly: found and expected."""
    if line["document_id"] is None and line["source_sha256"] is None:
        yield _("no document"), _("document_id (its id or path below the inbox) or source_sha256 (the SHA-256 of its bytes)")
    digest = line["source_sha256"]
    if digest is not None and (len(digest) != SHA256_LENGTH or set(digest) - set("0123456789abcdef")):
        yield "source_sha256", _("64 lower-case hexadecimal digits")
    if line["document_decision"] not in DECISIONS:
        yield f"document_decision {line['document_decision']}", _("one of {expected}", expected=listed(DECISIONS))
    codes = [kind.code for kind in kinds()]
    if line["document_kind"] is not None and line["document_kind"] not in codes:
        yield f"document_kind {line['document_kind']}", _("nothing, or one of {expected}", expected=listed(codes))
    for name in ("decision_reason", "decided_by"):
        if line[name] is None:
            yield _("no {columns}", columns=name), _("one: nothing leaves that nobody answers for")
    try:
        date.fromisoformat(line["decided_on"] or "")
    except ValueError:
        yield _("no {columns}", columns="decided_on"), _("a day such as 2026-10-31")


def _wrong(place: Message, found: str, expected: str) -> ConfigurationError:
    return ConfigurationError(finding(place, found, expected, _("See docs/reading-plans.md.")))
