"""The files from which a warehouse is built: those that are in the inbox by the ledger, and plans and lists of withdrawals that were replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exports.catalog import WITHDRAWALS, Catalog
from exports.messages import _
from flows.sources.ledger import Ledger
from flows.sources.public_paths import public_paths
from flows.sources.readers import PLANS, reader_key, store_of
from flows.sources.store import Store
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace


@dataclass(frozen=True)
class Source:
    """One file in the inbox, as the ledger and the store know it; `path` is its public form (flows/sources/public_paths.py)."""

    path: str
    kind: str
    sha256: str
    byte_count: int
    tables: Mapping[str, Path]
    source_name: str = ""


def current_sources(workspace: Workspace, catalog: Catalog) -> list[Source]:
    """Every file that stands in the inbox by the ledger, with the Parquet files read from it.

    Raises:
        ConfigurationError: a file was not read yet by today's reader.
    """
    kinds = {source.kind for source in workspace.settings.sources}
    sources = []
    ledger = Ledger(workspace.raw)
    public = public_paths(ledger.entries)
    for entry in sorted(ledger.last.values(), key=lambda entry: entry.path):
        if entry.sha256 is None or entry.kind not in kinds:
            continue
        path = public.get(entry.path, entry.path)
        store = store_of(workspace, catalog, entry.source, entry.kind)
        if not store.holds(entry.sha256):
            found, expected = _("no reading of it by this version"), _("one in the raw store")
            raise ConfigurationError(finding(path, found, expected, _("Run: gongkai ingest")))
        sources.append(Source(path, entry.kind, entry.sha256, entry.byte_count or 0, store.tables(entry.sha256), entry.source))
    return sources


def former_sources(workspace: Workspace, catalog: Catalog) -> list[Source]:
    """Plans and lists of withdrawals that stood at an address once and stand nowhere now, as they were read then: the raw store keeps its readings.

    A mark on an earlier version of a plan holds it, and a withdrawal holds until a person confirms that it is gone. Files of a source that the
    settings no longer name stand nowhere.
    """
    ledger = Ledger(workspace.raw)
    kinds = {source.kind for source in workspace.settings.sources} | {PLANS}
    standing = {entry.sha256 for entry in ledger.last.values() if entry.kind in kinds}
    public = public_paths(ledger.entries)
    return [source for kind in (PLANS, WITHDRAWALS) for source in _gone(workspace, catalog, kind, ledger, standing, public)]


def _gone(
    workspace: Workspace, catalog: Catalog, kind: str, ledger: Ledger, standing: set[str | None], public: Mapping[str, str]
) -> Iterator[Source]:
    store = Store.of(workspace.raw, kind, reader_key(kind, catalog))
    gone = {entry.sha256: entry for entry in ledger.entries if entry.kind == kind and entry.sha256 and entry.sha256 not in standing}
    for digest, entry in sorted(gone.items()):
        yield Source(public.get(entry.path, entry.path), kind, digest, entry.byte_count or 0, store.former_tables(digest), entry.source)
