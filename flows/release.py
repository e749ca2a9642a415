"""Release: from the checked warehouse an immutable folder of open data."""

from __future__ import annotations

from importlib.metadata import version

from exports.catalog import load_catalog
from exports.release import LATEST, Input, Release, read_release, write_release
from flows.build import CODE, key_of
from flows.check import held_back
from flows.conductor import Conductor
from flows.errors import ConfigurationError, finding
from flows.raw_tables import current_sources
from flows.settings import Workspace
from flows.sources.store import code_key


def release(workspace: Workspace, *, conductor: Conductor) -> Release:
    """Write a release of every dataset that passed its checks; the others are carried over from the last good one.

    Raises:
        ConfigurationError: there is no checked warehouse.
    """
    if not workspace.warehouse.exists():
        raise ConfigurationError(
            finding(str(workspace.root), "no checked warehouse", "one to release from", "Run: gongkai build, then gongkai check")
        )
    key = key_of(workspace.warehouse)
    latest = latest_release(workspace)
    if latest and latest.build_key == key:
        conductor.say(f"release: nothing changed, {latest.name} stands")
        return latest
    catalog = load_catalog()
    return write_release(
        workspace.warehouse,
        catalog,
        workspace.releases,
        as_of=workspace.as_of,
        blocked=held_back(workspace.warehouse),
        inputs=[Input(source.path, source.sha256, source.byte_count) for source in current_sources(workspace, catalog)],
        code_version=f"{version('gongkai')}+{code_key(*CODE)}",
        build_key=key,
        progress=conductor.say,
    )


def latest_release(workspace: Workspace) -> Release | None:
    """The release that `latest` points to, None before the first."""
    latest = workspace.releases / LATEST
    return read_release(latest.resolve()) if latest.exists() else None
