"""Release: from the checked warehouse an immutable folder of open data."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path

from exports.catalog import Catalog, load_catalog
from exports.manifest import MAY_NOT_LEAVE
from exports.release import LATEST, Checked, GateClosedError, Input, Release, read_release, write_release
from flows.build import CODE, key_of
from flows.check import CRITICAL, digests, held_back, quality_of
from flows.conductor import Conductor
from flows.errors import ConfigurationError, finding
from flows.held_documents import held_digests, still_released
from flows.loss_guard import judge, may_go_on
from flows.masking import unmasked
from flows.privacy import allowances, describe, scan_folder
from flows.raw_tables import current_sources
from flows.screening import still_leaving, still_told
from flows.settings import Workspace
from flows.sources.store import code_key

COPIES = frozenset({".csv"})  # each is written from the Parquet file beside it (exports/files.py)


def release(workspace: Workspace, *, conductor: Conductor, accept_loss: Collection[str] | None = ()) -> Release:
    """Write a release of every dataset that passed its checks; the others are carried over from the last good one.

    So is a dataset that would lose many rows (flows/loss_guard.py), unless `accept_loss` names it; None asks nobody about any.

    Raises:
        ConfigurationError: there is no checked warehouse, or `accept_loss` names something that is no dataset.
    """
    if not workspace.warehouse.exists():
        raise ConfigurationError(
            finding(str(workspace.root), "no checked warehouse", "one to release from", "Run: gongkai build, then gongkai check")
        )
    key = key_of(workspace.warehouse)
    latest = latest_release(workspace)
    if latest and latest.build_key == key and not may_go_on(workspace, latest, accept_loss or ()):
        conductor.say(f"release: nothing changed, {latest.name} stands")
        return latest
    written = _write(workspace, load_catalog(), key, conductor, latest, accept_loss)
    shutil.rmtree(workspace.next_files, ignore_errors=True)
    return written


def _write(
    workspace: Workspace, catalog: Catalog, key: str, conductor: Conductor, latest: Release | None, accept_loss: Collection[str] | None
) -> Release:
    """Write the release; a dataset that the privacy gate stops is held back like one that failed its checks.

    Where what would be carried over for it may not leave either, it is left out.
    """
    blocked = held_back(workspace.warehouse)
    losses = judge(workspace, catalog, None if accept_loss is None else latest, accept_loss or (), blocked)
    blocked |= losses.held
    forgotten: set[str] = set()
    held = held_digests(workspace.warehouse)
    sources = [source for source in current_sources(workspace, catalog) if source.sha256 not in held]
    inputs = [Input(source.path, source.sha256, source.byte_count) for source in sources]
    while True:
        try:
            return write_release(
                workspace.warehouse,
                catalog,
                workspace.releases,
                as_of=workspace.as_of,
                blocked=blocked,
                forgotten=forgotten,
                inputs=inputs,
                code_version=f"{version('gongkai')}+{code_key(*CODE)}",
                build_key=key,
                checked=Checked(workspace.next_files, digests(workspace.warehouse)),
                quality=quality_of(workspace.warehouse),
                accepted_losses=losses.accepted,
                gate=partial(what_must_not_leave, catalog=catalog, warehouse=workspace.warehouse),
                screen=partial(still_leaving, catalog=catalog),
                progress=conductor.say,
            )
        except GateClosedError as closed:
            stopped = {
                dataset.name: reason
                for dataset in catalog
                for path, reason in closed.reasons.items()
                if path.startswith(f"data/{dataset.slug}.") and dataset.name not in forgotten
            }
            if not stopped:
                raise
            forgotten |= stopped.keys() & blocked.keys()
            for name, reason in stopped.items():
                conductor.say(f"{name}: {reason}")
            blocked |= stopped


def what_must_not_leave(folder: Path, catalog: Catalog, warehouse: Path | None = None) -> Mapping[str, str]:
    """The privacy gate: files of a release folder that hold identifiers of natural persons, each with kinds, columns and rows;
    and those in which a mask that the descriptor declares (`masked`, `small_cells`) was not put on.

    Held against a warehouse, those too in which a record stands that it knows as withdrawn, or a row of a plan document that it holds.

    What was found is never repeated. A descriptor may name what is lawful in a column (`lawful`).
    """
    reasons = {path: list(found) for path, found in unmasked(folder, catalog).items()}
    for path, told in (still_told(folder, warehouse, catalog) if warehouse else {}).items():
        reasons.setdefault(path, []).extend(told)
    for path, told in (still_released(folder, warehouse, catalog) if warehouse else {}).items():
        reasons.setdefault(path, []).extend(told)
    for found in scan_folder(folder, allowances(catalog), COPIES):
        if found.severity == CRITICAL:
            path = found.place.split(" ", maxsplit=1)[0]
            reasons.setdefault(path, []).append(describe(found, folder))
    return {path: f"{MAY_NOT_LEAVE}: {'; '.join(sorted(set(kinds)))}" for path, kinds in reasons.items()}


def latest_release(workspace: Workspace) -> Release | None:
    """The release that `latest` points to, None before the first."""
    latest = workspace.releases / LATEST
    return read_release(latest.resolve()) if latest.exists() else None
