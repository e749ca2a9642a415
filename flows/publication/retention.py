"""Which stored releases stay: all of the last days, then the last of each month, then the last of each year. Off unless the settings ask for it.

A release that goes leaves its manifest as `releases/manifests/<name>.json`, so that the chain stays whole (exports/release/chain.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from exports.release.chain import KEPT_MANIFESTS
from exports.release.manifest import MANIFEST, Release
from flows.publication.stored_releases import stored_releases
from flows.workspace.settings import Retention, Workspace

REMOVING = ".removing"


def expired(releases: Iterable[Release], keep: Retention) -> list[Release]:
    """The releases that may go, oldest first. The last in order (`latest`) stays, and so does one whose files it carries over.

    Days are the releases' own as-of days, counted back from that of the last.
    """
    ordered = [*releases]
    if not ordered:
        return []
    latest = ordered[-1]
    needed = {latest.name, *(entry.carried_over_from for entry in latest.datasets)}
    since = latest.as_of - timedelta(days=keep.days - 1)
    first_month = latest.as_of.year * 12 + latest.as_of.month - keep.months
    last_of_month = {(one.as_of.year, one.as_of.month): one.name for one in ordered}
    last_of_year = {one.as_of.year: one.name for one in ordered}

    def stays(one: Release) -> bool:
        month = one.as_of.year * 12 + one.as_of.month
        return (
            one.name in needed
            or one.as_of >= since
            or (month > first_month and one.name == last_of_month[one.as_of.year, one.as_of.month])
            or one.name == last_of_year[one.as_of.year]
        )

    return [one for one in ordered if not stays(one)]


def apply_retention(workspace: Workspace, progress: Callable[[str], None]) -> list[str]:
    """Remove what the settings no longer keep; gives the names. Nothing where they say nothing."""
    shutil.rmtree(workspace.releases / REMOVING, ignore_errors=True)
    keep = workspace.settings.keep_releases
    gone = expired(stored_releases(workspace), keep) if keep else []
    for release in gone:
        _remove(workspace.releases, release)
        progress(f"按设置不再保留发布 {release.name}，清单留存 / release {release.name} is kept no longer by the settings, its manifest is")
    return [release.name for release in gone]


def _remove(releases: Path, release: Release) -> None:
    """Keep the manifest first, then remove the folder under another name: a crash between leaves nothing that looks like a release."""
    kept = releases / KEPT_MANIFESTS / f"{release.name}.json"
    kept.parent.mkdir(exist_ok=True)
    draft = kept.with_suffix(".part")
    shutil.copyfile(release.folder / MANIFEST, draft)
    draft.replace(kept)
    release.folder.rename(releases / REMOVING)
    shutil.rmtree(releases / REMOVING)
