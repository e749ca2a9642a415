"""Results of checks in earlier releases, against which trends and drift are measured (docs/decisions/quality-history.md).

The past of a build is the chain of releases before its own. Its last link is named in the digest of the build, as in the manifest
of the release made of it: so a build repeated after its release has the same past and gives the same result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile

import duckdb

from exports.catalog import Catalog
from exports.messages import _
from exports.release.chain import manifest_sha256
from exports.release.files import paths_of
from exports.release.manifest import LATEST, MANIFEST, Release, read_release, sha256_of
from exports.sql_text import literal, quoted
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

QUALITY = "data_quality"
TABLE = "reference.quality_history"
KEPT_RELEASES = 30  # with the one being made: a month of nightly runs


@dataclass(frozen=True)
class PreviousRelease:
    """The release before the one that a build will make, None at first; `key` is the digest of the build and its past."""

    key: str
    latest: Release | None

    @classmethod
    def of(cls, workspace: Workspace, build_key: str) -> PreviousRelease:
        """The past of a build whose own inputs have the digest `build_key`."""
        link = workspace.releases / LATEST
        latest = read_release(link.resolve()) if link.exists() else None
        if latest is None:
            return cls(link_to_past(build_key, None), None)
        if was_made_of(latest, build_key):
            return cls(latest.build_key, latest)
        return cls(link_to_past(build_key, sha256_of(latest.folder / MANIFEST)), latest)


def link_to_past(build_key: str, previous_manifest: str | None) -> str:
    """The digest of a build together with its past, as in `reference.run` and the manifest."""
    return sha256(f"{build_key} {previous_manifest}".encode()).hexdigest()


def was_made_of(release: Release, build_key: str) -> bool:
    """Whether a release was made of the inputs that have this digest, whatever came before it.

    A release that only carries out a confirmed loss of rows (flows/quality/loss_guard.py) is made of the same build as the one before it.
    """
    same_build = takewhile(lambda made: made.build_key == release.build_key, chain(release) if release.accepted_losses else [release])
    return any(made.build_key == link_to_past(build_key, made.previous_manifest_sha256) for made in same_build)


def chain(latest: Release) -> Iterator[Release]:
    """`latest` and the releases before it, newest first, as far back as their folders exist."""
    yield latest
    folders = {manifest_sha256(path): path.parent for path in latest.folder.parent.glob(f"[0-9]*/{MANIFEST}")}
    release = latest
    while folder := folders.pop(release.previous_manifest_sha256 or "", None):
        release = read_release(folder)
        yield release


def load_history(connection: duckdb.DuckDBPyConnection, catalog: Catalog, past: PreviousRelease) -> None:
    """Create `reference.quality_history`: the dataset `data_quality` of the latest release, without the rows about this build itself.

    Raises:
        ConfigurationError: the file is not the one that the release was made with.
    """
    dataset = catalog.datasets[QUALITY]
    columns = ", ".join(f"{quoted(column.name)} {column.duckdb_type}" for column in dataset.columns)
    connection.execute(f"create table {TABLE} ({columns})")
    entry = next((each for each in past.latest.datasets if each.name == QUALITY), None) if past.latest else None
    if past.latest is None or entry is None:
        return
    file = past.latest.folder / paths_of(dataset)[1]
    if not file.exists() or sha256_of(file) != entry.file("parquet").sha256:
        raise ConfigurationError(finding(str(file), _("a damaged file"), _("the one that was released"), _("Restore the release folder.")))
    known = [name for name, *_type in connection.execute(f"describe from {literal(str(file))}").fetchall() if name in dataset.column_names]
    connection.execute(
        f"""
        insert into {TABLE} by name
        select {", ".join(map(quoted, known))} from {literal(str(file))} where build_key <> $key
        qualify release_number > max(release_number) over () - {KEPT_RELEASES - 1}
        """,
        {"key": past.key},
    )


def latest_release(workspace: Workspace) -> Release | None:
    """The release that `latest` points to, None before the first."""
    latest = workspace.releases / LATEST
    return read_release(latest.resolve()) if latest.exists() else None
