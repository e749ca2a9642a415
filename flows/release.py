"""Release: from the checked warehouse an immutable folder of open data."""

from __future__ import annotations

from importlib.metadata import version

from exports.catalog import load_catalog
from exports.release import Input, Release, write_release
from flows.build import CODE, current_sources
from flows.check import held_back
from flows.conductor import Conductor
from flows.errors import ConfigurationError, finding
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
    catalog = load_catalog()
    return write_release(
        workspace.warehouse,
        catalog,
        workspace.releases,
        as_of=workspace.as_of,
        blocked=held_back(workspace.warehouse),
        inputs=[Input(source.path, source.sha256, source.byte_count) for source in current_sources(workspace, catalog)],
        code_version=f"{version('gongkai')}+{code_key(*CODE)}",
        progress=conductor.say,
    )
