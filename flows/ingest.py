"""Ingest: from the places that the settings name into the raw store. Only what changed is read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from exports.catalog import Catalog, load_catalog
from flows.conductor import Conductor, Workers
from flows.errors import ConfigurationError, SourceUnavailable, UnreadableSource, finding
from flows.public_paths import notices, public_paths
from flows.settings import Workspace
from flows.sources.ledger import Ledger
from flows.sources.locate import SourceFile, changed_meanwhile, locate
from flows.sources.losses import believable_losses
from flows.sources.registers import read_register
from flows.sources.statements import TABLES as STATEMENT_TABLES
from flows.sources.store import Store, code_key, write_rejects, write_tables

PLANS = "plans"
READ_BY = {
    "columns",
    "required_headers",
    "refused",
    "leaves",
    "identified_by",
    "titles",
}  # what of a register's descriptor its reader goes by
SOURCES = Path(__file__).resolve().parent / "sources"


@dataclass(frozen=True)
class Stored:
    """A source file and the bytes it holds: what the build reads."""

    file: SourceFile
    sha256: str
    store: Store


@dataclass(frozen=True)
class Ingested:
    """What ingest found: every source file as it stands, and how many of them it had to read. Paths are public ones.

    `vanished` has addresses; `replaced` names sources of which every file was replaced by others, `absent` sources that never had a
    file and whose place is not there; `to_rename` has a line for each file whose name tells of a person.
    """

    stored: tuple[Stored, ...]
    read: tuple[str, ...]
    vanished: tuple[str, ...]
    unreachable: tuple[str, ...]
    replaced: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    to_rename: tuple[str, ...] = ()


def ingest(workspace: Workspace, *, conductor: Conductor) -> Ingested:
    """Bring the raw store up to date with the sources. What cannot be reached stays as it was last seen.

    Raises:
        ConfigurationError: a source's kind is neither `plans` nor a register, or no source is named.
        SourceUnavailable: no source can be listed, or a source's folder or all its files are gone at once (flows/sources/losses.py);
            nothing is recorded then.
    """
    catalog = load_catalog()
    stores = _stores(workspace, catalog)
    for store in stores.values():
        store.clear_litter()
    files, unlisted = _list(workspace, conductor)
    ledger = Ledger(workspace.raw)
    seen, unopened = _digests(ledger, files)
    losses = believable_losses(workspace, ledger, seen, files, unlisted)
    unreachable = [*(f"source {name}" for name in unlisted), *unopened]
    found = [Stored(file, digest, stores[file.kind]) for file, digest in seen]
    new = list({(s.store.folder, s.sha256): s for s in found if not s.store.holds(s.sha256)}.values())
    for message in conductor.spread("reading", partial(_read, catalog=catalog), new, Workers(workspace.dask, workspace.root)):
        conductor.say(message)
    stored = [s for s in found if s.store.holds(s.sha256)]
    unreachable += [s.file.path for s in found if not s.store.holds(s.sha256)]
    if new:
        os.sync()  # the ledger must not say that something was read which a loss of power could still take
    ledger.record([(s.file, s.sha256) for s in stored], losses.gone)
    public = public_paths(ledger.entries)
    read, gone, away = (tuple(public.get(path, path) for path in paths) for paths in ([s.file.path for s in new], losses.gone, unreachable))
    return Ingested(tuple(stored), read, gone, away, losses.replaced, losses.absent, tuple(notices(public, ledger.last)))


def _list(workspace: Workspace, conductor: Conductor) -> tuple[list[SourceFile], list[str]]:
    """The files of every source that can be listed, and the names of those that cannot."""
    files: list[SourceFile] = []
    unlisted: dict[str, SourceUnavailable] = {}
    for source in workspace.settings.sources:
        try:
            files += conductor.attempt(f"listing {source.name}", locate, workspace.root, source)
        except SourceUnavailable as error:
            unlisted[source.name] = error
            conductor.say(f"left as it was last seen: {error}")
    if unlisted and len(unlisted) == len(workspace.settings.sources):
        raise next(iter(unlisted.values()))
    return files, list(unlisted)


def _stores(workspace: Workspace, catalog: Catalog) -> Mapping[str, Store]:
    """A store for each kind of source that the settings name, keyed by the code and facts that read it."""
    kinds = {source.kind for source in workspace.settings.sources}
    if not kinds:
        place = f"{workspace.root / 'gongkai.yaml'}: sources"
        raise ConfigurationError(finding(place, "none", "at least one source", "See docs/settings.md."))
    if unknown := sorted(kinds - {PLANS, *catalog.registers}):
        place = f"{workspace.root / 'gongkai.yaml'}: sources: kind"
        expected = f"one of {', '.join([PLANS, *catalog.registers])}"
        raise ConfigurationError(finding(place, unknown[0], expected, "Registers are the datasets with a `register` in exports/."))
    return {kind: Store.of(workspace.raw, kind, reader_key(kind, catalog)) for kind in kinds}


def reader_key(kind: str, catalog: Catalog) -> str:
    """What the reading of a kind depends on besides the bytes: its reader's code, and for a register its descriptor."""
    if kind == PLANS:
        return code_key(SOURCES / "plans")
    facts = json.dumps(catalog.registers[kind].model_dump(include=READ_BY), sort_keys=True)
    code = code_key(*(SOURCES / f"{name}.py" for name in ("registers", "frames", "delimited", "formulas", "statements")), *STATEMENT_TABLES)
    return code[:8] + _short_digest(facts)


def _short_digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]


def _digests(ledger: Ledger, files: list[SourceFile]) -> tuple[list[tuple[SourceFile, str]], list[str]]:
    """Every file with its digest, computed only where size or date changed; and the files that could not be opened."""
    seen, unreachable = [], []
    for file in files:
        try:
            seen.append((file, ledger.known_digest(file) or file.sha256()))
        except (SourceUnavailable, OSError):
            unreachable.append(file.path)
    return seen, unreachable


def _read(stored: Stored, catalog: Catalog) -> str:
    """Read one new file into the store; what cannot be read is stored as its rejection, what cannot be reached is not stored."""
    try:
        with stored.store.writing(stored.sha256) as folder:
            try:
                return _read_into(folder, stored, catalog)
            except UnreadableSource as error:
                return _reject(folder, stored, error)
            except (SourceUnavailable, OSError):
                raise
            except Exception as error:  # noqa: BLE001 - a library's failure on one file must not end everybody's run
                place, found = stored.file.path, f"a file on which the reader failed ({type(error).__name__})"
                return _reject(folder, stored, UnreadableSource(place, found, "one that it reads", "Please report it, with the file."))
    except SourceUnavailable as error:
        return f"left for the next run {error}"


def _reject(folder: Path, stored: Stored, error: UnreadableSource) -> str:
    for path in folder.glob("*.parquet"):
        path.unlink()
    write_rejects(folder, stored.sha256, stored.file.path, [(None, error.place, _reason(error))])
    return f"rejected {error}"


def _reason(error: UnreadableSource) -> str:
    return f"found {error.found}; expected {error.expected}. {error.remedy}"


def _read_into(folder: Path, stored: Stored, catalog: Catalog) -> str:
    file = stored.file
    if file.kind == PLANS:
        from flows.sources.plans import read_plan

        with file.open() as stream:
            data = stream.read()
        if sha256(data).hexdigest() != stored.sha256:
            raise changed_meanwhile(file.path)
        plan = read_plan(data, file.path)
        write_tables(folder, stored.sha256, plan.as_tables())
        return f"read {file.path}"
    done = read_register(file, stored.sha256, catalog.registers[file.kind], folder)
    notes = [f"{done.rows} rows"]
    if done.rejected_rows:
        notes.append(f"{done.rejected_rows} rows rejected")
    if done.unknown_headers:
        notes.append(f"unknown columns kept: {'、'.join(done.unknown_headers)}")
    if done.refused_headers:
        notes.append(f"columns dropped, which nobody named or which may tell who a person is: {'、'.join(done.refused_headers)}")
    return f"read {file.path}: {', '.join(notes)}"
