"""Forget: a person says that source files are gone on purpose, so that the next run goes on without them.

The ledger gets a line for each address, as for a file that vanished, marked as said by a person. A file that comes back is read like
a new one: there is nothing to undo.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq

from exports.messages import Message, _, listed
from flows.sources.ledger import Ledger
from flows.sources.locate import locate
from flows.sources.reach import Reach
from flows.sources.readers import PLANS
from flows.sources.registers.rows import ROWS
from flows.sources.store import Store
from flows.workspace.cut_lists import first_of
from flows.workspace.errors import ConfigurationError, SourceUnavailable, finding
from flows.workspace.settings import Workspace

TASKS = "plan_tasks"
ANY = "any"  # in place of a reader's key: whichever version read the file last
MOST_NAMED = 5  # addresses that a message lists


@dataclass(frozen=True)
class Forgettable:
    """An address whose file is gone. `rows`: rows of a register, tasks of a plan; None where its reading is gone too."""

    path: str
    kind: str
    rows: int | None


def forgettable(workspace: Workspace, names: Sequence[str]) -> list[Forgettable]:
    """The addresses below `names` (a source, a folder below it, or one address) whose files are gone, in order.

    A source that cannot be reached at all counts as gone here: a website that was shut down never says 404.

    Raises:
        ConfigurationError: a name has no file on record, or every file below it is still there.
    """
    ledger = Ledger(workspace.raw)
    present = _present(workspace)
    found: dict[str, None] = {}
    for name in names:
        known = [path for path, entry in ledger.last.items() if entry.sha256 and _is_below(path, name)]
        absent = [path for path in known if path not in present]
        if not known:
            raise ConfigurationError(_unknown(name, ledger))
        if not absent:
            raise ConfigurationError(_still_there(name, known))
        found |= dict.fromkeys(absent)
    return [Forgettable(path, ledger.last[path].kind, _rows(workspace, ledger, path)) for path in sorted(found)]


def forget(workspace: Workspace, paths: Iterable[str]) -> None:
    """Record that a person says of these addresses that they are gone."""
    Ledger(workspace.raw).forget(paths)


def _present(workspace: Workspace) -> set[str]:
    present: set[str] = set()
    reach = Reach.of_workspace(workspace)
    for source in workspace.settings.sources:
        try:
            present |= {file.path for file in locate(reach, source).files}
        except SourceUnavailable:
            continue
    return present


def _is_below(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name.rstrip('/')}/")


def _rows(workspace: Workspace, ledger: Ledger, path: str) -> int | None:
    """What was read from the file, by whatever version of the reader read it last."""
    entry = ledger.last[path]
    tables = Store.of(workspace.raw, entry.kind, ANY).former_tables(entry.sha256 or "")
    file = tables.get(TASKS if entry.kind == PLANS else ROWS)
    return pq.read_metadata(file).num_rows if file else None


def _unknown(name: str, ledger: Ledger) -> Message:
    sources = sorted({entry.source for entry in ledger.last.values() if entry.sha256})
    expected = _("a source ({sources}) or an address such as plans/2026.docx", sources=listed(sources) if sources else _("none yet"))
    remedy = _("Run gongkai query 'select source_path from raw.sources' to see what is on record.")
    return finding(name, _("no file on record"), expected, remedy)


def _still_there(name: str, known: Sequence[str]) -> Message:
    found = _("files that are still there ({files})", files=listed(first_of(known, MOST_NAMED)))
    return finding(name, found, _("files that are gone"), _("Move them away first, or take the source out of gongkai.yaml."))
