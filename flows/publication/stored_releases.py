"""The releases of a workspace as a person names them: `latest`, a name or its beginning, a day, or the path of a folder."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from exports.messages import _, listed
from exports.release.chain import manifest_sha256
from exports.release.manifest import MANIFEST, Release, read_release, sha256_of
from flows.publication.archives import archive_paths, papers_only, unpacked
from flows.quality.history import chain, latest_release
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

LATEST = "latest"


def stored_releases(workspace: Workspace) -> list[Release]:
    """All releases that stand in the workspace, oldest first: the chain of `latest`, and before it those that no chain holds."""
    latest = latest_release(workspace)
    linked = [*chain(latest)][::-1] if latest else []
    names = {release.name for release in linked}
    others = [path.parent for path in sorted(workspace.releases.glob(f"[0-9]*/{MANIFEST}")) if path.parent.name not in names]
    return [*map(read_release, others), *linked]


def find_release(workspace: Workspace, words: str) -> Release:
    """The release that a person means: of several of one day the last.

    Raises:
        ConfigurationError: there is none of that name.
    """
    if words != LATEST and (Path(words) / MANIFEST).exists():
        return read_release(Path(words).resolve())
    releases = stored_releases(workspace)
    matching = releases if words == LATEST else [release for release in releases if release.name.startswith(words)]
    if not words or not matching:
        _say_where_archived(workspace, words)
        found, expected = _("no release {name!r}", name=words), _("a name, a day or a folder")
        known = listed(release.name for release in releases[-5:]) or _("none yet")
        raise ConfigurationError(finding(str(workspace.releases), found, expected, _("The last ones: {names}.", names=known)))
    return matching[-1]


def _say_where_archived(workspace: Workspace, words: str) -> None:
    archived = [path for path in archive_paths(workspace.releases) if words and path.stem.startswith(words)]
    if archived:
        remedy = _("Unpack it first: unzip {archive} -d {folder}", archive=archived[-1], folder=workspace.releases)
        raise ConfigurationError(finding(str(archived[-1]), _("a release in an archive"), _("a folder"), remedy))


def release_before(release: Release) -> Release | None:
    """The release before in its chain, where its folder stands beside it; None for the first."""
    return next(islice(chain(release), 1, None), None)


def describe_releases(workspace: Workspace) -> list[dict[str, Any]]:
    """The stored releases as rows, oldest first, those in archives before all others; `own_bytes` are of files that no release before has (they are
    hard links to those), or of the zip file, which `archive` names.
    """
    latest = latest_release(workspace)
    seen: set[str] = set()
    rows = [_archived(path) for path in archive_paths(workspace.releases)]
    for release in stored_releases(workspace):
        own = [file for file in release.all_files if file.sha256 not in seen]
        seen |= {file.sha256 for file in own}
        is_latest = bool(latest and latest.name == release.name)
        rows.append(_described(release, sum(file.bytes for file in own), is_latest=is_latest))
    return rows


def _archived(path: Path) -> dict[str, Any]:
    with unpacked(path, only=papers_only) as release:
        return _described(release, path.stat().st_size, archive=path.name)


def _described(release: Release, own_bytes: int, *, is_latest: bool = False, archive: str | None = None) -> dict[str, Any]:
    return {
        "release": release.name,
        "as_of_on": release.as_of.isoformat(),
        "datasets": len(release.datasets),
        "rows": sum(entry.rows for entry in release.datasets),
        "own_bytes": own_bytes,
        "is_latest": is_latest,
        "is_redacted": manifest_sha256(release.folder / MANIFEST) != sha256_of(release.folder / MANIFEST),
        "archive": archive,
    }
