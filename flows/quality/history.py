"""Results of checks in earlier releases, against which trends and drift are measured (docs/decisions/quality-history.md).

The past of a build is the chain of releases before its own. Its last link is named in the digest of the build, as in the manifest
of the release made of it: so a build repeated after its release has the same past and gives the same result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from pathlib import Path

import duckdb

from exports.catalog import WITHDRAWALS, Catalog
from exports.messages import _
from exports.release.chain import manifest_sha256
from exports.release.manifest import LATEST, MANIFEST, Release, ReleasedDataset, read_release, sha256_of
from exports.sql_text import literal, quoted
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

QUALITY = "data_quality"
TABLE = "reference.quality_history"
TOMBSTONES = "reference.released_tombstones"
TOMBSTONE_COLUMNS = ("index_number", "url", "printed_unit_name", "withdrawn_on")
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

    A release that only carries out a confirmed loss of rows (flows/quality/loss_guard.py) is made of the same build as the one before it. Once
    it is confirmed that withdrawals are gone, their records may come back, so another build is made.
    """
    if any(loss.name == WITHDRAWALS for loss in release.accepted_losses):
        return False
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
    (file,) = _sound(past.latest, entry)
    known = [name for name, *_type in connection.execute(f"describe from {literal(str(file))}").fetchall() if name in dataset.column_names]
    connection.execute(
        f"""
        insert into {TABLE} by name
        select {", ".join(map(quoted, known))} from {literal(str(file))} where build_key <> $key
        qualify release_number > max(release_number) over () - {KEPT_RELEASES - 1}
        """,
        {"key": past.key},
    )


def load_tombstones(connection: duckdb.DuckDBPyConnection, catalog: Catalog, latest: Release | None) -> None:
    """Create `reference.released_tombstones`: by what the withdrawals in the latest release name their records.

    Raises:
        ConfigurationError: a file is not the one that the release was made with.
    """
    columns = {column.name: column.duckdb_type for column in catalog.datasets[WITHDRAWALS].columns if column.name in TOMBSTONE_COLUMNS}
    connection.execute(f"create table {TOMBSTONES} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    for file in _last_withdrawals(latest) if latest else ():
        connection.execute(f"insert into {TOMBSTONES} by name select {', '.join(columns)} from {literal(str(file))}")


def _last_withdrawals(latest: Release) -> list[Path]:
    """The files of the newest release that has this dataset: a later one may have left it out."""
    told = ((release, entry) for release in chain(latest) for entry in release.datasets if entry.name == WITHDRAWALS)
    found = next(told, None)
    return _sound(*found) if found else []


def _sound(release: Release, entry: ReleasedDataset) -> list[Path]:
    """The Parquet files of a dataset, each as it was released."""
    files = entry.tables(release.folder)
    for file, digest in zip(files, entry.sha256_of("parquet"), strict=True):
        if not file.exists() or sha256_of(file) != digest:
            raise ConfigurationError(
                finding(str(file), _("a damaged file"), _("the one that was released"), _("Restore the release folder."))
            )
    return files


def latest_release(workspace: Workspace) -> Release | None:
    """The release that `latest` points to, None before the first."""
    latest = workspace.releases / LATEST
    return read_release(latest.resolve()) if latest.exists() else None
