"""Which stored releases stay: all of the last days, then the last of each month, then the last of each year, in its folder or as a zip. Off unless
the settings ask for it.

A release that goes leaves its manifest as `releases/manifests/<name>.json`, so that the chain stays whole (exports/release/chain.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from exports.messages import _
from exports.release.manifest import Release, ReleaseError
from exports.release.verify import verify_release
from flows.publication.archives import keep_manifest, unpacked, write_archive
from flows.publication.stored_releases import stored_releases
from flows.workspace.settings import Retention, Workspace

REMOVING = ".removing"


def expired(releases: Iterable[Release], keep: Retention) -> list[Release]:
    """The releases that may go, oldest first. The last in order (`latest`) stays, and so does one whose files it carries over.

    Days are the releases' own as-of days, counted back from that of the last.
    """
    ordered = [*releases]
    last_of_year = {one.as_of.year: one.name for one in ordered}
    return [one for one in _older(ordered, keep) if one.name != last_of_year[one.as_of.year]]


def archivable(releases: Iterable[Release], keep: Retention) -> list[Release]:
    """The releases that stay only as the last of a year that is over, oldest first; none where the settings keep their folders."""
    ordered = [*releases]
    gone = {one.name for one in expired(ordered, keep)}
    return [one for one in _older(ordered, keep) if one.name not in gone] if keep.archive else []


def _older(ordered: list[Release], keep: Retention) -> list[Release]:
    """The releases that neither the days nor the months keep, and the latest does not need."""
    if not ordered:
        return []
    latest = ordered[-1]
    needed = {latest.name, *(entry.carried_over_from for entry in latest.datasets)}
    since = latest.as_of - timedelta(days=keep.days - 1)
    first_month = latest.as_of.year * 12 + latest.as_of.month - keep.months
    last_of_month = {(one.as_of.year, one.as_of.month): one.name for one in ordered}

    def is_near(one: Release) -> bool:
        month = one.as_of.year * 12 + one.as_of.month
        return one.as_of >= since or (month > first_month and one.name == last_of_month[one.as_of.year, one.as_of.month])

    return [one for one in ordered if one.name not in needed and not is_near(one)]


def apply_retention(workspace: Workspace, progress: Callable[[str], None]) -> list[str]:
    """Remove what the settings no longer keep, and pack what they keep packed; gives the names of those whose folders went. Nothing where they
    say nothing.

    Raises:
        ReleaseError: a release that is to be packed is not what its manifest says. It stays as it is.
    """
    shutil.rmtree(workspace.releases / REMOVING, ignore_errors=True)
    keep, releases = workspace.settings.keep_releases, stored_releases(workspace)
    packed = archivable(releases, keep) if keep else []
    for release in packed:
        _pack(workspace.releases, release)
        progress(_("release {release} is kept as a zip file from now on", release=release.name))
    gone = expired(releases, keep) if keep else []
    for release in gone:
        _remove(workspace.releases, release)
        progress(_("release {release} is kept no longer by the settings, its manifest is", release=release.name))
    return [release.name for release in (*packed, *gone)]


def _pack(releases: Path, release: Release) -> None:
    """The folder goes when the zip was read back: a crash between leaves both, and the next run packs it again."""
    archive = write_archive(releases, release)
    with unpacked(archive) as again:
        faults = verify_release(again.folder)
    if faults:
        archive.unlink()
        raise ReleaseError(_("{folder}: found faults when it was packed: {faults}", folder=release.folder, faults="; ".join(faults)))
    _remove(releases, release)


def _remove(releases: Path, release: Release) -> None:
    """Keep the manifest first, then remove the folder under another name: a crash between leaves nothing that looks like a release."""
    keep_manifest(releases, release)
    release.folder.rename(releases / REMOVING)
    shutil.rmtree(releases / REMOVING)
