"""Rewrites stored releases so that they no longer hold what may not leave today: data, feed of changes, metadata and manifest.

The release keeps its name and its place in the chain: its new manifest is a record of the redaction, which names the SHA-256 of the
manifest that it replaces, and is signed anew where there is a key. Data of unchanged datasets stay the files that they were. The latest release
of a workspace is not rewritten: the next run replaces it. A release in an archive is unpacked, rewritten and packed again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import Catalog
from exports.changes.compare import KEY, key_text, shape_of
from exports.changes.feed import NAME
from exports.changes.replay import DIGEST
from exports.messages import _
from exports.release.chain import manifest_sha256, redaction_digest
from exports.release.dcat import bytes_of
from exports.release.files import connect, rewrite_dataset
from exports.release.filing import rewrite_filing
from exports.release.manifest import (
    MANIFEST,
    SUMS,
    Release,
    ReleasedDataset,
    ReleaseError,
    json_text,
    read_release,
    released_file,
    sha256_of,
)
from exports.release.merkle import merkle_root
from exports.release.metadata import with_files
from exports.release.parts import numbered_rows_of
from exports.release.signing import sign_manifest
from exports.release.standards import CATALOG, PACKAGE, in_other_standards
from exports.release.verify import sums_text, verify_release
from exports.release.workbooks import FORMAT, write_dataset_workbook
from exports.sql_text import literal
from flows.publication.archives import archive_paths, keep_manifest, unpacked, write_archive
from flows.publication.held_documents import find_held_documents, held_sources
from flows.publication.retraction import NOTES, find_retracted
from flows.publication.screening import find_withdrawn_values, screen_carried_over
from flows.publication.signatures import signing_key
from flows.publication.stored_releases import release_before, stored_releases
from flows.workspace.settings import Workspace

DRAFT, REPLACED, SCRATCH, UNPACKED = ".redacted", ".replaced-", ".scratch", ".unpacked"
WHY = "已不得公开 may no longer leave"  # in manifests, which are public: always in both languages
Files = Mapping[str, Any]


def redactable(workspace: Workspace, *, is_followed: bool = True) -> dict[str, str]:
    """Releases that hold what may no longer leave, except the latest where a next run follows it: name -> files and columns, never their values."""
    latest = (workspace.releases / "latest").resolve().name if is_followed else None
    return {name: why for name, why in find_retracted(workspace).items() if name != latest}


def redact(workspace: Workspace, progress: Callable[[str], None], *, is_followed: bool = True) -> list[str]:
    """Rewrite every release of `redactable`, newest first; gives their names.

    Raises:
        ReleaseError: a release cannot be read, or what was written does not verify. It then stays as it was.
    """
    _recover(workspace.releases)
    wanted = redactable(workspace, is_followed=is_followed)
    done = []
    for name, rows in (*_in_folders(workspace, wanted), *_in_archives(workspace, wanted)):
        progress(_("{release}: {rows} rows taken out that may no longer leave", release=name, rows=rows))
        done.append(name)
    (workspace.releases / NOTES).unlink(missing_ok=True)  # what it says of these releases is no longer so
    return done


def _in_folders(workspace: Workspace, wanted: Collection[str]) -> Iterator[tuple[str, int]]:
    """Rewrite the releases that stand as folders; gives names and rows taken out."""
    for release in (one for one in stored_releases(workspace)[::-1] if one.name in wanted):
        yield release.name, _Redaction(workspace, workspace.catalog, release).run()


def _in_archives(workspace: Workspace, wanted: Collection[str]) -> Iterator[tuple[str, int]]:
    """The same of archives. The manifest is kept before the zip is replaced: after a crash between, the zip is found again and rewritten."""
    for path in (one for one in archive_paths(workspace.releases)[::-1] if one.stem in wanted):
        with unpacked(path, workspace.releases / UNPACKED) as release:
            rows = _Redaction(workspace, workspace.catalog, release).run()
            keep_manifest(workspace.releases, release)
            write_archive(workspace.releases, release)
        (workspace.releases / UNPACKED).rmdir()
        yield release.name, rows


def _recover(releases: Path) -> None:
    """Put back what a crash left between two renames, and clear the rest."""
    for aside in releases.glob(f"{REPLACED}*"):
        place = releases / aside.name.removeprefix(REPLACED)
        if place.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(place)
    for scratch in (DRAFT, UNPACKED):
        shutil.rmtree(releases / scratch, ignore_errors=True)


@dataclass(frozen=True)
class _Redaction:
    workspace: Workspace
    catalog: Catalog
    release: Release

    @property
    def draft(self) -> Path:
        return self.workspace.releases / DRAFT

    def run(self) -> int:
        """Write the redacted folder beside the release, verify it, and put it in its place; gives the number of rows taken out."""
        shutil.rmtree(self.draft, ignore_errors=True)
        (self.draft / SCRATCH).mkdir(parents=True)
        with connect(self.workspace.warehouse, self.draft / SCRATCH) as connection:
            connection.execute(f"create temp table withheld (dataset_slug varchar, {KEY} varchar)")
            datasets = [self._dataset(connection, entry) for entry in self.release.datasets if entry.name != NAME]
            self._withhold_before(connection)
            datasets += [self._feed(connection, entry) for entry in self.release.datasets if entry.name == NAME]
            held = held_sources(connection)
        shutil.rmtree(self.draft / SCRATCH)
        kept = self._without_rest(sorted(datasets, key=lambda entry: entry.name))
        self._describe(kept, held)
        self._put_in_place()
        return sum(entry.rows for entry in self.release.datasets) - sum(entry.rows for entry in kept)

    def _dataset(self, connection: duckdb.DuckDBPyConnection, entry: ReleasedDataset) -> ReleasedDataset:
        dataset, tables = self.catalog.published.get(entry.name), entry.tables(self.release.folder)
        kept = screen_carried_over(connection, dataset, tables, self.catalog) if dataset else None
        if dataset is None or kept is None:
            for file in entry.files:
                _link(self.release.folder / file.path, self.draft / file.path)
            return entry
        self._withhold(connection, entry.slug, tables, kept)
        return self._rewritten(connection, entry, tables, kept)

    def _rewritten(self, connection: duckdb.DuckDBPyConnection, entry: ReleasedDataset, tables: list[Path], kept: str) -> ReleasedDataset:
        written = rewrite_dataset(connection, self.catalog.published[entry.name], tables, kept, self.draft)
        if any(file.format == FORMAT for file in entry.files):
            written = write_dataset_workbook(
                connection, self.draft, written, date.fromisoformat((entry.carried_over_from or self.release.name)[:10])
            )
        root = merkle_root(connection, written.tables(self.draft)) if entry.merkle_root else None
        return replace(entry, rows=written.rows, files=written.files, merkle_root=root)

    def _withhold(self, connection: duckdb.DuckDBPyConnection, slug: str, tables: list[Path], kept: str) -> None:
        """Note the keys of a file's rows that may no longer leave."""
        key = shape_of(connection, tables).key
        if key:
            rows = numbered_rows_of(tables)
            connection.execute(
                f"insert into withheld select {literal(slug)}, {key_text(key)} from {rows} "
                f"where file_row_number not in (select file_row_number from ({kept}))"
            )

    def _withhold_before(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Note such keys of the release before, too: its words are the old values of this one's feed."""
        before = release_before(self.release)
        mine = {file.sha256 for file in self.release.all_files}
        for entry in before.datasets if before else ():
            dataset = self.catalog.datasets.get(entry.name)
            if before and dataset and not mine.issuperset(entry.sha256_of("parquet")):
                tables = entry.tables(before.folder)
                kept = screen_carried_over(connection, dataset, tables, self.catalog)
                if kept is not None:
                    self._withhold(connection, entry.slug, tables, kept)

    def _feed(self, connection: duckdb.DuckDBPyConnection, entry: ReleasedDataset) -> ReleasedDataset:
        """The feed, in which each row that may no longer leave is one row without words, named by the digest of its key."""
        path = self.release.folder / entry.file("parquet").path
        names = shape_of(connection, path).names
        told = {
            "change_number": "min(change_number)",
            "earlier_release": "any_value(earlier_release)",
            "as_of_on": "any_value(as_of_on)",
            "dataset_slug": "dataset_slug",
            "release_change": "any_value(release_change)",
            KEY: f"{literal(DIGEST)} || sha256({KEY})",
            "change_reason": "'withdrawal'",
        }
        columns = ", ".join(f"{told.get(name, 'null')} as {name}" for name in names)
        feed, keys = literal(str(path)), f"(dataset_slug, {KEY}) in (from withheld)"
        kept = (
            f"select *, change_number as file_row_number from ("
            f"select {', '.join(names)} from {feed} where ({keys}) is not true union all "
            f"select {columns} from {feed} where {keys} group by dataset_slug, {KEY})"
        )
        return self._rewritten(connection, entry, [path], kept)

    def _without_rest(self, datasets: list[ReleasedDataset]) -> list[ReleasedDataset]:
        """The datasets in which a second search finds nothing; the others are left out whole."""
        warehouse = self.workspace.warehouse
        found = {**find_withdrawn_values(self.draft, warehouse, self.catalog), **find_held_documents(self.draft, warehouse, self.catalog)}
        gone = {entry.name for entry in datasets if not found.keys().isdisjoint(file.path for file in entry.files)}
        for entry in (one for one in datasets if one.name in gone):
            for file in entry.files:
                (self.draft / file.path).unlink()
        return [entry for entry in datasets if entry.name not in gone]

    def _describe(self, datasets: list[ReleasedDataset], held: frozenset[str]) -> None:
        """Metadata, manifest, sums and signature of the redacted folder."""
        changed = {file.path: file for entry in datasets for file in entry.files}
        for file in self.release.files:
            _link(self.release.folder / file.path, self.draft / file.path)
        self._describe_in_standards(changed)
        rewrite_filing(self.draft, datasets, self.release.as_of)
        files = [released_file(self.draft, file.path) for file in self.release.files]
        self._write_manifest(datasets, [asdict(file) for file in files], held)
        written = read_release(self.draft)
        (self.draft / SUMS).write_text(sums_text(written, sha256_of(self.draft / MANIFEST)), "utf-8", newline="\n")
        if key := signing_key(self.workspace):
            sign_manifest(self.draft, key, self.release.name)
        if faults := verify_release(self.draft):
            said = _("{release}: found faults after redaction: {faults}", release=self.release.name, faults="; ".join(faults))
            raise ReleaseError(said)

    def _describe_in_standards(self, changed: Files) -> None:
        """The Data Package, the DCAT catalog, and what follows them in other standards as far as the release has it."""
        texts = {path: _described(json.loads((self.draft / path).read_text("utf-8")), changed) for path in (PACKAGE, CATALOG)}
        written = {path: json_text(facts) for path, facts in texts.items()} | in_other_standards(texts[PACKAGE], texts[CATALOG])
        for path in (file.path for file in self.release.files if file.path in written):
            (self.draft / path).unlink()  # a link of the release that is rewritten
            (self.draft / path).write_text(written[path], "utf-8", newline="\n")

    def _write_manifest(self, datasets: list[ReleasedDataset], files: list[dict[str, Any]], held: frozenset[str]) -> None:
        """The record of the redaction: the former manifest with what it holds now, and the SHA-256 by which the chain knows it."""
        old = self.release.folder / MANIFEST
        facts = json.loads(old.read_text("utf-8"))
        gone = [entry.name for entry in self.release.datasets if entry.name not in {one.name for one in datasets}]
        inputs = [one for one in facts["inputs"] if held.isdisjoint((one["path"], one["sha256"]))]  # not even the name of its file
        facts |= {"datasets": [asdict(entry) for entry in datasets], "files": files, "inputs": inputs}
        facts.pop("site", None)  # its pages quote what was taken out; those of the latest release are the ones that people read
        facts["left_out"] += [{"name": name, "because": WHY} for name in gone]
        before = {file.path: file.sha256 for file in self.release.all_files}
        touched = sorted(
            file["path"] for entry in facts["datasets"] for file in entry["files"] if before.get(file["path"]) != file["sha256"]
        )
        facts["redaction"] = {
            "manifest_sha256": manifest_sha256(old),
            "redacted_on": self.workspace.leaving_on.isoformat(),
            "because": WHY,
            "files": touched,
        }
        facts["redaction"]["facts_sha256"] = redaction_digest(facts)
        (self.draft / MANIFEST).write_text(json_text(facts), "utf-8", newline="\n")

    def _put_in_place(self) -> None:
        aside = self.release.folder.with_name(f"{REPLACED}{self.release.name}")
        self.release.folder.rename(aside)
        self.draft.rename(self.release.folder)
        shutil.rmtree(aside)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # file systems without hard links
        shutil.copyfile(source, target)


def _described(value: Any, files: Files) -> Any:
    """Metadata (Data Package, DCAT) with size and digest of the files as they are now, without entries of files that are gone."""
    if isinstance(value, list):
        return [_described(one, files) for one in value if not _is_gone(one, files)]
    if not isinstance(value, dict):
        return value
    if "alternates" in value and not _is_gone(value, files):  # a resource of the Data Package
        value = with_files(value, files)
    entry = {key: _described(one, files) for key, one in value.items()}
    path = _path_of(value)
    if path in files and "hash" in entry:
        return entry | {"bytes": files[path].bytes, "hash": f"sha256:{files[path].sha256}"}
    return entry | bytes_of(files[path]) if path in files and "dcat:downloadURL" in entry else entry


def _path_of(value: Any) -> str:
    url = value.get("dcat:downloadURL") if isinstance(value, dict) else None
    path = url["@id"] if isinstance(url, dict) else value.get("path", "") if isinstance(value, dict) else ""
    return path if isinstance(path, str) else ""


def _is_gone(value: Any, files: Files) -> bool:
    """Whether an entry is of a data file that is no longer there, or a dataset with nothing but such files."""
    listed = value.get("dcat:distribution") if isinstance(value, dict) else None
    if listed:
        return all(_is_gone(one, files) for one in listed)
    if isinstance(value, dict) and "parts" in value:
        return all(_is_gone(one, files) for one in value["parts"])
    path = _path_of(value)
    return path.startswith("data/") and path not in files
