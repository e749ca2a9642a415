"""Ingest: copy the sources that the settings name into the raw store. Only changed files are read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial

from exports.catalog import Catalog, load_catalog
from exports.messages import N_, _, words_of
from flows.sources.ledger import Ledger
from flows.sources.locate import Located, SourceFile, locate
from flows.sources.losses import Losses, believable_losses
from flows.sources.plans.shortfall import NO_TASK, NOT_READ
from flows.sources.public_paths import notices, public_paths
from flows.sources.reach import Reach
from flows.sources.readers import mapping_of, stores_of
from flows.sources.reading import Ingested, Stored, read_into_store
from flows.workspace.errors import SourceUnavailable
from flows.workspace.runner import Runner, Workers
from flows.workspace.settings import Workspace


def ingest(workspace: Workspace, *, runner: Runner) -> Ingested:
    """Bring the raw store up to date with the sources. An unreachable source stays as it was last seen.

    Raises:
        ConfigurationError: a source's kind is neither `plans` nor a register, or no source is named.
        SourceUnavailable: no source can be listed, or a source's folder or all its files are gone at once (flows/sources/losses.py);
            nothing is recorded then.
    """
    catalog = load_catalog()
    for store in stores_of(workspace, catalog).values():
        store.remove_incomplete()
    survey = survey_sources(workspace, catalog, runner)
    ledger, losses, found, new = survey.ledger, survey.losses, survey.found, survey.new
    unreachable = [*survey.unreachable]
    short = []
    mappings = {source.name: mapping_of(workspace, source.name) for source in workspace.settings.sources}
    read_one = partial(read_into_store, catalog=catalog, mappings=mappings, limits=workspace.settings.limits)
    for message in runner.map_parallel(N_("reading"), read_one, new, Workers(workspace.dask, workspace.root)):
        runner.say(message)
        short += [message] if _(NO_TASK) in message or _(NOT_READ) in message else []
    stored = [s for s in found if s.store.holds(s.sha256)]
    unreachable += [s.file.path for s in found if not s.store.holds(s.sha256)]
    if new:
        os.sync()  # the ledger must not record as read what a loss of power could still take
    ledger.record([(s.file, s.sha256) for s in stored], losses.gone)
    public = public_paths(ledger.entries)
    read, gone, away = (tuple(public.get(path, path) for path in paths) for paths in ([s.file.path for s in new], losses.gone, unreachable))
    rejected = tuple(public.get(s.file.path, s.file.path) for s in stored if s.store.has_rejects(s.sha256))
    notes = tuple(notices(public, ledger.last))
    return Ingested(
        tuple(stored), read, gone, away, losses.replaced, losses.absent, notes, tuple(short), rejected, survey.refused, survey.missing
    )


@dataclass(frozen=True)
class Survey:
    """The sources as they are now, before anything is read: `found` has every file that can be opened, `new` those not read yet."""

    ledger: Ledger
    losses: Losses
    found: tuple[Stored, ...]
    new: tuple[Stored, ...]
    unreachable: tuple[str, ...]
    refused: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def changed(self) -> list[Stored]:
        """Files whose bytes are not those that the ledger has at their address."""
        last = self.ledger.last
        return [
            s
            for s in self.found
            if s.file.path not in last or (last[s.file.path].sha256, last[s.file.path].kind) != (s.sha256, s.file.kind)
        ]


def survey_sources(workspace: Workspace, catalog: Catalog, runner: Runner) -> Survey:
    """The sources compared with the ledger and the raw store. Nothing is written. Raises as `ingest`."""
    stores = stores_of(workspace, catalog)
    located, unlisted = _list(workspace, runner)
    files = located.files
    ledger = Ledger(workspace.raw)
    seen, unopened = _digests(ledger, files, runner)
    losses = believable_losses(workspace, ledger, seen, files, unlisted)
    found = [Stored(file, digest, stores[file.source]) for file, digest in seen]
    new = {(s.store.folder, s.sha256): s for s in found if not s.store.holds(s.sha256)}
    away = (*(f"source {name}" for name in unlisted), *unopened)
    return Survey(ledger, losses, tuple(found), tuple(new.values()), away, tuple(located.refused), tuple(located.missing))


def _list(workspace: Workspace, runner: Runner) -> tuple[Located, list[str]]:
    """The files of every source that can be listed, and the names of the sources that cannot."""
    reach = Reach.of_workspace(workspace)
    found = Located([], [], [])
    unlisted: dict[str, SourceUnavailable] = {}
    for source in workspace.settings.sources:
        try:
            located = runner.call_with_retry(f"listing {source.name}", locate, reach, source)
            found.files.extend(located.files)
            found.refused.extend(located.refused)
            found.missing.extend(located.missing)
        except SourceUnavailable as error:
            unlisted[source.name] = error
            runner.say(_("left as it was last seen") + ": " + words_of(error))
    if unlisted and len(unlisted) == len(workspace.settings.sources):
        raise next(iter(unlisted.values()))
    for said in (*found.refused, *found.missing):
        runner.say(said)
    return found, list(unlisted)


def _digests(ledger: Ledger, files: list[SourceFile], runner: Runner) -> tuple[list[tuple[SourceFile, str]], list[str]]:
    """Every file with its digest, computed only where size or date changed; and the files that could not be opened."""
    seen, unreachable = [], []
    for file in files:
        try:
            seen.append((file, ledger.known_digest(file) or file.sha256()))
        except (SourceUnavailable, OSError) as error:
            unreachable.append(file.path)
            runner.say(_("left as it was last seen") + ": " + words_of(error))
    return seen, unreachable
