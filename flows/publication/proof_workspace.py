"""Where `gongkai prove` computes a row again: a workspace with the sources, settings and decisions of another one, and an empty raw store.

Which files a release was made of is known twice: its manifest has the public ones, the ledger all of them. The ledger is taken as it was when
both agreed, so that a file that came later counts in no row, and a ledger or manifest that was changed agrees with the other at no time.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from exports.catalog import Catalog
from exports.release.manifest import LATEST, Release
from flows.publication.stored_releases import release_before
from flows.sources.ledger import Entry, Ledger, write_ledger
from flows.sources.public_paths import public_paths
from flows.sources.readers import reader_key
from flows.sources.store import Store
from flows.warehouse.current_sources import former_sources
from flows.workspace.aside import AsideWorkspace
from flows.workspace.settings import Workspace

Address = tuple[str, str]  # public path and SHA-256


@dataclass(frozen=True)
class ProofWorkspace(AsideWorkspace):
    """A workspace as of the day of a release; what it reads and builds goes to `scratch`."""

    scratch: Path = Path()

    @classmethod
    def of(cls, workspace: Workspace, release: Release, scratch: Path) -> ProofWorkspace:
        settings = workspace.settings.model_copy(update={"as_of": release.as_of})
        is_past = release.folder.parent != workspace.releases.resolve()  # of a series of past days, made by what was known later
        return cls(workspace.root, settings, workspace.leaving_on if is_past else None, scratch)

    @property
    def dask(self) -> str:
        return ""  # workers elsewhere do not see the scratch folder

    @property
    def raw(self) -> Path:
        return self.scratch / "raw"

    @property
    def releases(self) -> Path:
        return self.scratch / "releases"


def ledger_at(workspace: Workspace, inputs: Collection[Address], held: Collection[str]) -> list[Entry] | None:
    """The entries of the ledger up to the last time at which just these inputs stood, and beside them only files whose SHA-256 is among `held`.

    None where there was no such time.
    """
    kinds = {source.kind for source in workspace.settings.sources}
    entries = Ledger(workspace.raw).entries
    public = public_paths(entries)
    standing: dict[str, str] = {}
    missing, others, last = {*inputs}, set[Address](), None
    for index, entry in enumerate(entries):
        if entry.kind in kinds:
            path = public.get(entry.path, entry.path)
            before = (path, standing.pop(path, ""))
            (missing.add if before in inputs else others.discard)(before)
            if entry.sha256:
                standing[path] = entry.sha256
                now = (path, entry.sha256)
                (missing.discard if now in inputs else others.add)(now)
        if not missing and all(sha256 in held for _path, sha256 in others):
            last = index + 1
    return None if last is None else entries[:last]


def never_stood(workspace: Workspace, inputs: Collection[Address]) -> list[Address]:
    """Inputs that the ledger has at no time."""
    entries = Ledger(workspace.raw).entries
    public = public_paths(entries)
    return sorted({*inputs} - {(public.get(entry.path, entry.path), entry.sha256 or "") for entry in entries})


def prepare(workspace: Workspace, proof: ProofWorkspace, release: Release, entries: Sequence[Entry], catalog: Catalog) -> list[str]:
    """Put into the empty workspace what is not read anew: the ledger, by which no file is known by its date, the readings of plans and lists of
    withdrawals whose bytes are gone, and a link to the release before, whose tombstones hold. What comes back: the public paths of those files.
    """
    write_ledger(proof.raw, (replace(entry, stamp=None) if entry.sha256 else entry for entry in entries))
    if past := release_before(release):
        proof.releases.mkdir()
        (proof.releases / LATEST).symlink_to(past.folder.resolve())
    readings = {(source.kind, source.sha256): source.tables for source in former_sources(workspace, catalog)}
    former = former_sources(proof, catalog)
    for source in former:
        folder = Store.of(proof.raw, source.kind, reader_key(source.kind, catalog)).folder / source.sha256
        folder.mkdir(parents=True, exist_ok=True)
        for table in readings.get((source.kind, source.sha256), {}).values():
            shutil.copyfile(table, folder / table.name)
    return [source.path for source in former]
