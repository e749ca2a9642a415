"""The files from which a warehouse is built: those that are in the inbox by the ledger, and plans that were replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exports.catalog import Catalog
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


def former_plans(workspace: Workspace, catalog: Catalog) -> list[Source]:
    """Plan documents that stood at an address once and stand nowhere now, as they were read then: the raw store keeps its readings."""
    store = Store.of(workspace.raw, PLANS, reader_key(PLANS, catalog))
    ledger = Ledger(workspace.raw)
    standing = {entry.sha256 for entry in ledger.last.values()}
    gone = {entry.sha256: entry for entry in ledger.entries if entry.kind == PLANS and entry.sha256 and entry.sha256 not in standing}
    public = public_paths(ledger.entries)
    return [
        Source(public.get(entry.path, entry.path), PLANS, digest, entry.byte_count or 0, store.former_tables(digest))
        for digest, entry in sorted(gone.items())
    ]
