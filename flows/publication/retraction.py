"""Older releases that hold something which may no longer leave: they are removed from the mirror, and reported to whoever serves folders.

The set of held records seldom changes: the answer for each release is kept in `releases/.retracted.json` with a digest of what was
searched for, so that a night on which nothing new is held reads the newest release alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from exports.catalog import load_catalog
from exports.release.files import connect
from exports.release.manifest import MANIFEST
from flows.publication.archives import ARCHIVES, archive_paths, unpacked
from flows.publication.held_documents import TABLE, find_held_documents, load_held_documents
from flows.publication.screening import find_withdrawn_values, held_values, tables_with_hold_reason
from flows.workspace.settings import Workspace

NOTES = ".retracted.json"


@dataclass(frozen=True)
class Notes:
    """`held` is the digest of what was searched for; `found` has the finding for each release and archive, empty for none."""

    held: str
    found: dict[str, str]


def find_retracted(workspace: Workspace) -> Mapping[str, str]:
    """The workspace's releases, those in archives too, that may no longer be served: name -> files and columns with held records. Never their values."""
    wanted = _digest(workspace) if workspace.warehouse.exists() and workspace.releases.exists() else None
    if wanted is None:
        return {}
    notes = _read(workspace.releases / NOTES)
    known = notes.found if notes.held == wanted else {}
    places = {path.parent.name: path.parent for path in workspace.releases.glob(f"[0-9]*/{MANIFEST}")}
    places |= {
        f"{ARCHIVES}/{path.stem}": path for path in archive_paths(workspace.releases)
    }  # beside a folder of that name, if it was unpacked
    found = {name: known[name] if name in known else _reasons(workspace, place) for name, place in sorted(places.items())}
    (workspace.releases / NOTES).write_text(json.dumps(asdict(Notes(wanted, found)), ensure_ascii=False, indent=1), "utf-8")
    return {name.removeprefix(f"{ARCHIVES}/"): reason for name, reason in found.items() if reason}


def _reasons(workspace: Workspace, place: Path) -> str:
    """What is found in a release's folder, or in its archive."""
    if place.is_file():
        with unpacked(place, only=lambda path: path.endswith(".parquet")) as release:
            return _reasons(workspace, release.folder)
    catalog, folder = load_catalog(), place
    findings = [find_withdrawn_values(folder, workspace.warehouse, catalog), find_held_documents(folder, workspace.warehouse, catalog)]
    return "; ".join(f"{path}: {', '.join(reasons)}" for found in findings for path, reasons in sorted(found.items()))


def _digest(workspace: Workspace) -> str | None:
    """A digest of all that must not be in a release, and of nothing else: the values themselves are stored nowhere. None where the
    warehouse was not built by us.
    """
    with TemporaryDirectory() as scratch, connect(workspace.warehouse, Path(scratch)) as connection:
        if "plan_documents" not in tables_with_hold_reason(connection):
            return None
        values = connection.execute(f"select * from ({held_values(connection, load_catalog())}) order by all").fetchall()
        load_held_documents(connection)
        documents = connection.execute(f"from {TABLE} order by all")
        return sha256(json.dumps([values, documents.fetchall()], ensure_ascii=False).encode()).hexdigest()


def _read(path: Path) -> Notes:
    try:
        return Notes(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return Notes("", {})
