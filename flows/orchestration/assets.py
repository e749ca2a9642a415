"""The products of the steps as Prefect assets: which source a warehouse came from, and which dataset came from that.

Every step that made something new emits an event (`prefect.asset.materialization.succeeded`). Prefect Cloud draws the lineage
from these; a server of one's own keeps them among its events. A step that found nothing to do emits none.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from prefect.assets import Asset, AssetProperties, add_asset_metadata

from exports.catalog import load_catalog
from exports.ckan.publish import PublishReport
from exports.credentials import public_address
from exports.messages import _
from exports.release.manifest import LATEST, Release
from flows.publication.portal import URL
from flows.sources.ledger import LEDGER
from flows.workspace.settings import Workspace

Made = tuple[list[Asset], list[Asset]]


def owner_of(workspace: Workspace) -> str:
    """The part of asset keys that distinguishes workspaces: the region's code, or the digest of the folder where there is none."""
    jurisdiction = workspace.settings.jurisdiction
    return jurisdiction.code if jurisdiction else sha256(str(workspace.root).encode()).hexdigest()[:6]


def made_by(workspace: Workspace, verb: str) -> Made:
    """The assets that a verb makes, and those it makes them from; both empty for a verb that only prepares another's work."""
    sources = [_asset(workspace, f"sources/{source.name}", source.name) for source in workspace.settings.sources]
    raw = _asset(workspace, "raw", _("raw store"))
    warehouse = _asset(workspace, "warehouse", _("Warehouse"))
    match verb:
        case "ingest":
            return [raw], sources
        case "check":
            return [warehouse], [raw]
        case "release":
            return _datasets(workspace), [warehouse]
        case "publish" if url := (os.environ.get(URL) or workspace.settings.portal.url):
            return [_asset(workspace, "portal", _("Portal"), public_address(url))], _datasets(workspace)
        case _:
            return [], []


def trace(workspace: Workspace) -> Mapping[str, object]:
    """By verb, a value that differs after the verb has made something new."""
    return {
        "ingest": _stamp(workspace.raw / LEDGER),
        "build": _stamp(workspace.next_warehouse),
        "check": _stamp(workspace.warehouse),
        "release": (workspace.releases / LATEST).resolve().name,
    }


def has_made(workspace: Workspace, verb: str, result: Any, before: Mapping[str, object]) -> bool:
    """Whether a verb made something new: by its trace before and now, for a portal by its report. Other verbs always do."""
    if verb == "publish":
        return isinstance(result, PublishReport) and not result.is_unchanged
    now = trace(workspace)
    return verb not in now or before[verb] != now[verb]


def describe(workspace: Workspace, result: Any) -> None:
    """Add row counts and hashes to the datasets of a new release. Call it within the task that makes them."""
    if not isinstance(result, Release):
        return
    keys = {asset.key for asset in _datasets(workspace)}
    for dataset in result.datasets:
        if (key := _key(workspace, f"datasets/{dataset.slug}")) in keys:
            hashes = {file.path.removeprefix(f"data/{dataset.slug}."): file.sha256 for file in dataset.files}
            carried = {"carried_over_from": dataset.carried_over_from} if dataset.carried_over_from else {}
            add_asset_metadata(key, {"release": result.name, "rows": dataset.rows, "sha256": hashes, **carried})


def _datasets(workspace: Workspace) -> list[Asset]:
    return [
        _asset(workspace, f"datasets/{dataset.slug}", f"{dataset.title.zh} {dataset.title.en}")
        for dataset in load_catalog().published.values()
    ]


def _asset(workspace: Workspace, path: str, name: str, url: str | None = None) -> Asset:
    return Asset(key=_key(workspace, path), properties=AssetProperties(name=name, url=url))


def _key(workspace: Workspace, path: str) -> str:
    return f"gongkai://{owner_of(workspace)}/{path}"


def _stamp(path: Path) -> tuple[int, int] | None:
    return (path.stat().st_ino, path.stat().st_mtime_ns) if path.exists() else None
