"""What a release says of itself beside its data: metadata, quality page, and what changed since the last release."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import Catalog
from exports.messages import _, finding
from exports.release.data_files import link_or_copy, with_roots
from exports.release.dcat import catalog_jsonld
from exports.release.files import Coverage, coverage
from exports.release.filing import filing_entries, write_filing
from exports.release.manifest import (
    Release,
    ReleasedDataset,
    ReleasedFile,
    ReleaseError,
    json_text,
    released_file,
)
from exports.release.metadata import datapackage
from exports.release.quality_page import PAGE, quality_page
from exports.release.reading import reading_pages
from exports.release.standards import CATALOG, PACKAGE, in_other_standards

QUALITY_FILE = "data/data-quality.parquet"


@dataclass(frozen=True)
class Followed:
    """A dataset about the release itself, its files written into the draft, and pages to write beside it, text by path."""

    entry: ReleasedDataset
    coverage: Coverage
    pages: Mapping[str, str]


Follow = Callable[[Release, Release | None], Followed]
"""Given a draft whose datasets are written, and the release before it: what the draft says about its changes."""


def describe(
    catalog: Catalog,
    release: Release,
    last: Release | None,
    coverages: Mapping[str, Coverage],
    follow: Follow | None,
    origin: Release | None = None,
) -> Release:
    """The draft with its metadata and what changed since the last release. Where nothing changed, it has the last release's own changes:
    the two are then equal, and the last one stands. `origin`: the release from which files were carried over, if that is not the last.
    """
    origin = origin or last
    if follow is None:
        return replace(release, files=_write_metadata(catalog, release.folder, origin, release.as_of, release.datasets, coverages))
    if last and (kept := _last_followed(catalog, release, last)):
        same = _with_followed(catalog, release, origin, coverages, kept)
        if content_of(last) == content_of(same):
            return same
        for path in (*(file.path for file in kept.entry.files), *kept.pages):
            (release.folder / path).unlink()  # a link: what is written there next must not go into the last release
    return _with_followed(catalog, release, origin, coverages, follow(release, last))


def _last_followed(catalog: Catalog, release: Release, last: Release) -> Followed | None:
    """What the last release said about its changes, linked into the draft; None where any dataset differs from the last release's."""
    about = [entry for entry in last.datasets if entry.name in catalog.made_at_release]
    if not about or tuple(entry for entry in last.datasets if entry not in about) != release.datasets:
        return None
    for file in about[0].files:
        link_or_copy(last.folder / file.path, release.folder / file.path)
    with duckdb.connect() as connection:
        covered = coverage(connection, catalog.made_at_release[about[0].name], release.folder / about[0].file("parquet").path)
    pages = {file.path: (last.folder / file.path).read_text("utf-8") for file in last.files if file.format == "xml"}
    return Followed(about[0], covered, pages)


def _with_followed(
    catalog: Catalog, release: Release, origin: Release | None, coverages: Mapping[str, Coverage], followed: Followed
) -> Release:
    (entry,) = with_roots(release.folder, [followed.entry], None)
    datasets = tuple(sorted((*release.datasets, entry), key=lambda entry: entry.name))
    covered = {**coverages, followed.entry.name: followed.coverage}
    for path, text in followed.pages.items():
        (release.folder / path).write_text(text, "utf-8", newline="\n")
    files = _write_metadata(catalog, release.folder, origin, release.as_of, datasets, covered)
    return replace(release, datasets=datasets, files=(*files, *(released_file(release.folder, path) for path in followed.pages)))


def _write_metadata(
    catalog: Catalog,
    draft: Path,
    origin: Release | None,
    as_of: date,
    datasets: tuple[ReleasedDataset, ...],
    coverages: Mapping[str, Coverage],
) -> tuple[ReleasedFile, ...]:
    source = origin if any(dataset.carried_over_from for dataset in datasets) else None
    resources = {entry["name"]: entry for entry in _earlier(source, PACKAGE, "resources")}
    nodes = {entry["@id"]: entry for entry in _earlier(source, CATALOG, "dcat:dataset")}
    package = datapackage(catalog, as_of, datasets, resources)
    home = catalog_jsonld(catalog, as_of, datasets, coverages, nodes)
    pages = {PACKAGE: json_text(package), CATALOG: json_text(home)} | in_other_standards(package, home)
    pages |= reading_pages(catalog, as_of, datasets, package)
    if (quality := draft / QUALITY_FILE).exists():
        pages[PAGE] = quality_page(catalog, quality)
    for path, text in pages.items():
        (draft / path).write_text(text, "utf-8", newline="\n")
    described = {entry["name"]: entry for entry in package["resources"]}
    entries = filing_entries(catalog, as_of, datasets, described)
    filed = write_filing(draft, entries, title=f"{catalog.title.zh}：目录", creator=catalog.publisher.name.zh, day=as_of)
    return tuple(released_file(draft, path) for path in (*pages, *filed))


def _earlier(last: Release | None, path: str, key: str) -> list[dict[str, Any]]:
    if last is None:
        return []
    try:
        entries: list[dict[str, Any]] = json.loads((last.folder / path).read_text("utf-8"))[key]
    except (OSError, ValueError, KeyError) as error:
        place, found = str(last.folder / path), _("a file that cannot be read ({fault})", fault=error)
        raise ReleaseError(finding(place, found, _("the file that the release was made with"), _("Restore it."))) from error
    return entries


def content_of(release: Release) -> tuple[object, ...]:
    """The parts that make two releases the same for the public; inputs that changed nothing are no reason for a new one."""
    return release.as_of, release.code_version, release.datasets, release.files, release.left_out
