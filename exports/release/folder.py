"""Writes a release: an immutable folder of files, complete or not at all.

    releases/<as-of>-<digest>/   data/*.parquet data/*.csv datapackage.json catalog.jsonld quality.html manifest.json SHA256SUMS
    releases/latest              a link to the last one

The order of the last steps makes a crash harmless. The folder is written under a hidden name; it is read back and synced to
disk, and `.latest` is written beside it as a note of the next step; then the folder gets its name, and `.latest` becomes
`latest`. The next run completes or clears what a crash left.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import Catalog, Dataset
from exports.release.dcat import catalog_jsonld
from exports.release.files import Coverage, connect, coverage, paths_of, rewrite_dataset, write_dataset, written_dataset
from exports.release.manifest import (
    LATEST,
    MANIFEST,
    SUMS,
    GateClosedError,
    Input,
    Loss,
    Quality,
    Release,
    ReleasedDataset,
    ReleasedFile,
    ReleaseError,
    json_text,
    named,
    read_release,
    released_file,
    sha256_of,
)
from exports.release.merkle import merkle_root
from exports.release.metadata import datapackage
from exports.release.quality_page import PAGE, quality_page
from exports.release.signing import sign_manifest
from exports.release.verify import sums_text, verify_release

__all__ = [
    "Checked",
    "GateClosedError",
    "Input",
    "Quality",
    "Release",
    "ReleaseError",
    "ReleasedDataset",
    "ReleasedFile",
    "read_release",
    "verify_release",
    "write_release",
]

NEXT_LATEST = ".latest"
DRAFT = ".draft"
SCRATCH = ".scratch"
QUALITY_FILE = "data/data-quality.parquet"


@dataclass(frozen=True)
class Checked:
    """Data files that have passed their checks: their folder, and the SHA-256 of each by its path there."""

    folder: Path
    sha256: Mapping[str, str]


Screen = Callable[[duckdb.DuckDBPyConnection, Dataset, Path], str | None]
"""Given a dataset and its Parquet file of an earlier release: the SQL relation of rows that may still leave, with `file_row_number`;
None where all may."""


@dataclass(frozen=True)
class Followed:
    """A dataset about the release itself, its files written into the draft, and pages to write beside it, text by path."""

    entry: ReleasedDataset
    coverage: Coverage
    pages: Mapping[str, str]


Follow = Callable[[Release, Release | None], Followed]
"""Given a draft whose datasets are written, and the release before it: what the draft says about its changes."""


def _silent(_: str) -> None:
    """Progress for callers who want none."""


def _let_all_pass(_: Path) -> Mapping[str, str]:
    """A gate that lets everything pass, for callers who check the files themselves."""
    return {}


def write_release(
    warehouse: Path,
    catalog: Catalog,
    releases: Path,
    *,
    as_of: date,
    blocked: Mapping[str, str],
    forgotten: Collection[str] = frozenset(),
    inputs: Sequence[Input],
    code_version: str,
    build_key: str = "",
    settings_key: str = "",
    checked: Checked | None = None,
    quality: Mapping[str, Quality] | None = None,
    accepted_losses: Sequence[Loss] = (),
    gate: Callable[[Path], Mapping[str, str]] = _let_all_pass,
    screen: Screen | None = None,
    follow: Follow | None = None,
    signing_key: Path | None = None,
    progress: Callable[[str], None] = _silent,
) -> Release:
    """The release of every dataset of the catalog, written from the warehouse into a new folder of `releases`.

    A dataset in `blocked` (name -> why it failed its checks) keeps the files of the last release, marked as carried over; if
    no release has it, or it is `forgotten` because its last files may not leave either, it is left out and named in the manifest.
    Where nothing differs from the last release (datasets with their marks, metadata, as-of date and code), that release is
    returned and nothing is written. `screen` selects the rows of carried-over files that may still leave, `follow` writes what changed
    since the last release, `signing_key` is the private key that signs the manifest.

    Files that were `checked` are used; a dataset whose files are missing is written again, and must come out the same.

    `quality` has the results of checks by dataset, `accepted_losses` the losses of rows that a person confirmed; both go into the
    manifest. `gate` gets the whole folder before it is named, and returns the files that must not leave, with reasons.

    Raises:
        GateClosedError: there are such files; nothing is released.
        ReleaseError: a mart cannot be written, the files read back are not what was written, no dataset is left to release,
            `blocked` names an unknown dataset, or another run is writing releases here.
    """
    if unknown := sorted(blocked.keys() - catalog.published.keys()):
        raise ReleaseError(f"blocked: found {', '.join(unknown)}; expected names of datasets: {', '.join(catalog.datasets)}")
    releases.mkdir(parents=True, exist_ok=True)
    with _only_writer(releases), _draft(releases) as draft:
        last = read_release((releases / LATEST).resolve()) if (releases / LATEST).is_symlink() else None
        datasets, coverages = _write_data(warehouse, catalog, draft, last, blocked, forgotten, checked, screen, progress)
        datasets = tuple(replace(entry, quality=entry.quality or (quality or {}).get(entry.name)) for entry in datasets)
        datasets = _with_roots(draft, datasets, last)
        left_out = tuple((name, why) for name, why in sorted(blocked.items()) if name not in {entry.name for entry in datasets})
        if not datasets:
            raise ReleaseError(f"{releases}: found no dataset that may be released; expected one at least. Mend what the checks found")
        release = Release(draft, "", as_of, code_version, datasets, (), left_out, build_key, None, tuple(accepted_losses), settings_key)
        release = _described(catalog, release, last, coverages, follow)
        if last and _content(last) == _content(release):
            progress(f"与上次发布 {last.name} 相同，未写入 / equal to release {last.name}: nothing written")
            return last
        return _commit(releases, release, inputs, last, gate, signing_key, progress)


@contextmanager
def _only_writer(releases: Path) -> Iterator[None]:
    """Hold the folder's lock, which the operating system releases with the process and which leaves no file."""
    handle = os.open(releases, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReleaseError(f"{releases}: found another run writing a release; expected none. Wait for it to end") from error
        yield
    finally:
        os.close(handle)


@contextmanager
def _draft(releases: Path) -> Iterator[Path]:
    """A hidden folder to write in, removed afterwards unless it has become a release; completes what a crash left first."""
    _recover(releases)
    draft = releases / DRAFT
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _recover(releases: Path) -> None:
    """A note whose release has its name is carried out; one whose release never got it is dropped, with the draft."""
    note = releases / NEXT_LATEST
    if note.is_symlink():
        if note.exists():
            note.replace(releases / LATEST)
        else:
            note.unlink()
    with suppress(FileNotFoundError):
        shutil.rmtree(releases / DRAFT)


def _write_data(
    warehouse: Path,
    catalog: Catalog,
    draft: Path,
    last: Release | None,
    blocked: Mapping[str, str],
    forgotten: Collection[str],
    checked: Checked | None,
    screen: Screen | None,
    progress: Callable[[str], None],
) -> tuple[tuple[ReleasedDataset, ...], dict[str, Coverage]]:
    released: list[ReleasedDataset] = []
    coverages: dict[str, Coverage] = {}
    with connect(warehouse, draft / SCRATCH) as connection:
        for dataset in catalog:
            if dataset.name in blocked:
                earlier = None if dataset.name in forgotten else last
                released += _carry_over(connection, dataset, draft, earlier, blocked[dataset.name], screen, progress)
                continue
            entry = _data_files(connection, dataset, draft, checked)
            coverages[dataset.name] = coverage(connection, dataset, draft / entry.file("parquet").path)
            progress(f"{dataset.title.zh}：{entry.rows} 行 / {dataset.name}: {entry.rows} rows")
            released.append(entry)
    shutil.rmtree(draft / SCRATCH, ignore_errors=True)
    return tuple(released), coverages


def _data_files(connection: duckdb.DuckDBPyConnection, dataset: Dataset, draft: Path, checked: Checked | None) -> ReleasedDataset:
    if checked and all((checked.folder / path).exists() for path in paths_of(dataset)):
        for path in paths_of(dataset):
            _link_or_copy(checked.folder / path, draft / path)
        entry = written_dataset(connection, dataset, draft)
    else:
        entry = write_dataset(connection, dataset, draft)
    if checked and (other := [file.path for file in entry.files if checked.sha256.get(file.path) != file.sha256]):
        raise ReleaseError(f"{', '.join(other)}: found bytes that were not checked; expected those that were. Check the warehouse again")
    return entry


def _carry_over(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    draft: Path,
    last: Release | None,
    why: str,
    screen: Screen | None,
    progress: Callable[[str], None],
) -> list[ReleasedDataset]:
    """The dataset of the last release without rows that may no longer leave, with the name of the release that made it; None if there is none."""
    earlier = next((entry for entry in last.datasets if entry.name == dataset.name), None) if last else None
    if last is None or earlier is None:
        progress(
            f"{dataset.title.zh}：未通过校验且无先前版本，不发布（{why}） / {dataset.name}: failed its checks, no earlier release: left out"
        )
        return []
    origin = earlier.carried_over_from or last.name
    for file in earlier.files:
        _require_there(last.folder / file.path)
    kept = screen(connection, dataset, last.folder / earlier.file("parquet").path) if screen else None
    if kept is not None:
        written = rewrite_dataset(connection, dataset, last.folder / earlier.file("parquet").path, kept, draft)
        gone = earlier.rows - written.rows
        progress(
            f"{dataset.title.zh}：沿用的文件中 {gone} 行已不得公开，已删去 / {dataset.name}: {gone} rows carried over may leave no longer: taken out"
        )
        earlier = replace(earlier, rows=written.rows, files=written.files)
    else:
        for file in earlier.files:
            _link_or_copy(last.folder / file.path, draft / file.path)
    progress(f"{dataset.title.zh}：未通过校验，沿用 {origin}（{why}） / {dataset.name}: failed its checks, carried over from {origin}")
    return [replace(earlier, carried_over_from=origin, carried_over_because=why)]


def _require_there(source: Path) -> None:
    if not source.exists():
        raise ReleaseError(f"{source}: found no file; expected the one that the last release names. Restore it")


def _link_or_copy(source: Path, target: Path) -> None:
    _require_there(source)
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # file systems without hard links
        shutil.copyfile(source, target)


def _with_roots(folder: Path, datasets: Sequence[ReleasedDataset], last: Release | None) -> tuple[ReleasedDataset, ...]:
    """The datasets with the Merkle roots of their rows; that of a file which the last release has, too, is not computed again."""
    known = {entry.file("parquet").sha256: entry.merkle_root for entry in last.datasets} if last else {}
    with duckdb.connect() as connection:
        return tuple(
            replace(entry, merkle_root=known.get((file := entry.file("parquet")).sha256) or merkle_root(connection, folder / file.path))
            for entry in datasets
        )


def _described(
    catalog: Catalog, release: Release, last: Release | None, coverages: Mapping[str, Coverage], follow: Follow | None
) -> Release:
    """The draft with its metadata and what changed since the last release. Where nothing changed, it has the last release's own changes:
    the two are then equal, and the last one stands.
    """
    if follow is None:
        return replace(release, files=_write_metadata(catalog, release.folder, last, release.as_of, release.datasets, coverages))
    if last and (kept := _last_followed(catalog, release, last)):
        same = _with_followed(catalog, release, last, coverages, kept)
        if _content(last) == _content(same):
            return same
        for path in (*(file.path for file in kept.entry.files), *kept.pages):
            (release.folder / path).unlink()  # a link: what is written there next must not go into the last release
    return _with_followed(catalog, release, last, coverages, follow(release, last))


def _last_followed(catalog: Catalog, release: Release, last: Release) -> Followed | None:
    """What the last release said about its changes, linked into the draft; None where any dataset differs from the last release's."""
    about = [entry for entry in last.datasets if entry.name in catalog.made_at_release]
    if not about or tuple(entry for entry in last.datasets if entry not in about) != release.datasets:
        return None
    for file in about[0].files:
        _link_or_copy(last.folder / file.path, release.folder / file.path)
    with duckdb.connect() as connection:
        covered = coverage(connection, catalog.made_at_release[about[0].name], release.folder / about[0].file("parquet").path)
    pages = {file.path: (last.folder / file.path).read_text("utf-8") for file in last.files if file.format == "xml"}
    return Followed(about[0], covered, pages)


def _with_followed(
    catalog: Catalog, release: Release, last: Release | None, coverages: Mapping[str, Coverage], followed: Followed
) -> Release:
    (entry,) = _with_roots(release.folder, [followed.entry], last)
    datasets = tuple(sorted((*release.datasets, entry), key=lambda entry: entry.name))
    covered = {**coverages, followed.entry.name: followed.coverage}
    for path, text in followed.pages.items():
        (release.folder / path).write_text(text, "utf-8", newline="\n")
    files = _write_metadata(catalog, release.folder, last, release.as_of, datasets, covered)
    return replace(release, datasets=datasets, files=(*files, *(released_file(release.folder, path) for path in followed.pages)))


def _write_metadata(
    catalog: Catalog,
    draft: Path,
    last: Release | None,
    as_of: date,
    datasets: tuple[ReleasedDataset, ...],
    coverages: Mapping[str, Coverage],
) -> tuple[ReleasedFile, ...]:
    source = last if any(dataset.carried_over_from for dataset in datasets) else None
    resources = {entry["name"]: entry for entry in _earlier(source, "datapackage.json", "resources")}
    nodes = {entry["@id"]: entry for entry in _earlier(source, "catalog.jsonld", "dcat:dataset")}
    texts = {
        "datapackage.json": datapackage(catalog, as_of, datasets, resources),
        "catalog.jsonld": catalog_jsonld(catalog, as_of, datasets, coverages, nodes),
    }
    pages = {path: json_text(value) for path, value in texts.items()}
    if (quality := draft / QUALITY_FILE).exists():
        pages[PAGE] = quality_page(catalog, quality)
    for path, text in pages.items():
        (draft / path).write_text(text, "utf-8", newline="\n")
    return tuple(released_file(draft, path) for path in pages)


def _earlier(last: Release | None, path: str, key: str) -> list[dict[str, Any]]:
    if last is None:
        return []
    try:
        entries: list[dict[str, Any]] = json.loads((last.folder / path).read_text("utf-8"))[key]
    except (OSError, ValueError, KeyError) as error:
        raise ReleaseError(f"{last.folder / path}: cannot be read: {error}; expected the file that the release was made with") from error
    return entries


def _content(release: Release) -> tuple[object, ...]:
    """The parts that make two releases the same for the public; inputs that changed nothing are no reason for a new one."""
    return release.as_of, release.code_version, release.datasets, release.files, release.left_out


def _commit(
    releases: Path,
    draft: Release,
    inputs: Sequence[Input],
    last: Release | None,
    gate: Callable[[Path], Mapping[str, str]],
    signing_key: Path | None,
    progress: Callable[[str], None],
) -> Release:
    """Give the draft its manifest, sums and name, and point `latest` at it."""
    release, manifest = named(draft, inputs, sha256_of(last.folder / MANIFEST) if last else None)
    (draft.folder / MANIFEST).write_text(manifest, "utf-8", newline="\n")
    sums = sums_text(release, sha256_of(draft.folder / MANIFEST))
    (draft.folder / SUMS).write_text(sums, "utf-8", newline="\n")
    if findings := verify_release(draft.folder):
        raise ReleaseError("found on reading the release back: " + "; ".join(findings))
    if reasons := gate(draft.folder):
        raise GateClosedError(reasons)
    if signing_key:
        sign_manifest(draft.folder, signing_key, release.name)
    _sync(draft.folder)
    folder = releases / release.name
    made_before = folder.exists()
    if made_before:
        _require_same(folder, manifest)
    (releases / NEXT_LATEST).symlink_to(release.name)
    if not made_before:
        draft.folder.rename(folder)
    _sync_folder(releases)
    (releases / NEXT_LATEST).replace(releases / LATEST)
    _sync_folder(releases)
    progress(f"已发布 {release.name} / released as {release.name}")
    return read_release(folder)


def _require_same(folder: Path, manifest: str) -> None:
    """The same release was made before, and `latest` was set back since: raise unless its folder is complete."""
    findings = verify_release(folder)
    if findings or (folder / MANIFEST).read_text("utf-8") != manifest:
        raise ReleaseError(f"{folder}: found a damaged release of this name; expected none. Remove it: {'; '.join(findings)}")


def _sync(folder: Path) -> None:
    """Sync every file of `folder` to disk, so that a loss of power cannot leave a named folder with empty files."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
