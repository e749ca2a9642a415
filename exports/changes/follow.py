"""Writes all that a release says about its changes: the dataset `changes` and the Atom feed."""

from __future__ import annotations

import shutil
from pathlib import Path

from exports.catalog import Catalog
from exports.changes.atom import PAGE, atom_feed
from exports.changes.feed import NAME, Judge, load_feed, write_feed
from exports.changes.words import lines, summarize
from exports.release.data_files import SCRATCH
from exports.release.describe import Followed
from exports.release.files import connect, coverage
from exports.release.manifest import Release


def follow(draft: Release, last: Release | None, *, catalog: Catalog, warehouse: Path, judge: Judge) -> Followed:
    """What a draft says about its changes since the last release; the files of the dataset are written, the feed is a text by its path.

    Raises:
        ReleaseError: a file of the last release cannot be read.
    """
    dataset = catalog.made_at_release[NAME]
    scratch = draft.folder / SCRATCH
    scratch.mkdir(exist_ok=True)
    try:
        with connect(warehouse, scratch) as connection:
            load_feed(connection, last, draft, catalog, scratch, judge)
            entry = write_feed(connection, last, draft, dataset)
            words = lines(summarize(connection, "feed"), catalog)
            covered = coverage(connection, dataset, draft.folder / entry.file("parquet").path)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Followed(entry, covered, {PAGE: atom_feed(catalog, draft, last, words)})
