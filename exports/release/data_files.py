"""The data files of a release that is being written: those that were checked, or written anew, or carried over from the last release."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from exports.catalog import Catalog, Dataset
from exports.messages import N_, Message, _, as_message, finding, listed
from exports.release.files import Coverage, connect, coverage, in_parts, paths_of, rewrite_dataset, write_dataset, written_dataset
from exports.release.manifest import (
    Release,
    ReleasedDataset,
    ReleaseError,
)
from exports.release.merkle import merkle_root

SCRATCH = ".scratch"


@dataclass(frozen=True)
class Checked:
    """Data files that have passed their checks: their folder, and the SHA-256 of each by its path there."""

    folder: Path
    sha256: Mapping[str, str]


Screen = Callable[[duckdb.DuckDBPyConnection, Dataset, Sequence[Path]], str | None]
"""Given a dataset and its Parquet files of an earlier release: the SQL relation of rows that may still leave, with `file_row_number`;
None where all may."""


def write_data(
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
    """Write the data files of every dataset into `draft`, in the order of the catalog; `write_release` says what its arguments are.

    What comes back: the datasets as released, and the period of each that was not carried over.

    Raises:
        ReleaseError: a mart cannot be written, files differ from those that were checked, or a file of the last release is gone.
    """
    released: list[ReleasedDataset] = []
    coverages: dict[str, Coverage] = {}
    with connect(warehouse, draft / SCRATCH) as connection:
        for dataset in catalog:
            if dataset.name in blocked:
                earlier = None if dataset.name in forgotten else last
                released += _carry_over(connection, dataset, draft, earlier, blocked[dataset.name], screen, progress)
                continue
            entry = _data_files(connection, dataset, draft, checked)
            coverages[dataset.name] = coverage(connection, dataset, entry.tables(draft))
            progress(_("{dataset}: {count} rows", dataset=_title(dataset), count=entry.rows))
            released.append(entry)
    shutil.rmtree(draft / SCRATCH, ignore_errors=True)
    return tuple(released), coverages


def _data_files(connection: duckdb.DuckDBPyConnection, dataset: Dataset, draft: Path, checked: Checked | None) -> ReleasedDataset:
    if checked and all((checked.folder / path).exists() for path in paths_of(dataset)):
        for path in paths_of(dataset):
            link_or_copy(checked.folder / path, draft / path)
        entry = written_dataset(connection, dataset, draft)
    else:
        entry = write_dataset(connection, dataset, draft)
    if checked and (other := [file.path for file in entry.files if checked.sha256.get(file.path) != file.sha256]):
        raise ReleaseError(finding(listed(other), _("bytes that were not checked"), _("those that were"), _("Check the warehouse again.")))
    return in_parts(connection, dataset, draft, entry)


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
        words = N_("{dataset}: failed its checks ({why}), no earlier release: left out")
        progress(_(words, dataset=_title(dataset), why=as_message(why)))
        return []
    origin = earlier.carried_over_from or last.name
    for file in earlier.files:
        _require_there(last.folder / file.path)
    tables = earlier.tables(last.folder)
    kept = screen(connection, dataset, tables) if screen else None
    if kept is not None:
        written = rewrite_dataset(connection, dataset, tables, kept, draft)
        gone = earlier.rows - written.rows
        progress(_("{dataset}: {count} rows carried over may leave no longer: taken out", dataset=_title(dataset), count=gone))
        earlier = replace(earlier, rows=written.rows, files=written.files)
    else:
        for file in earlier.files:
            link_or_copy(last.folder / file.path, draft / file.path)
    words = N_("{dataset}: failed its checks ({why}), carried over from {origin}")
    progress(_(words, dataset=_title(dataset), why=as_message(why), origin=origin))
    return [replace(earlier, carried_over_from=origin, carried_over_because=why)]


def _title(dataset: Dataset) -> Message:
    return Message(dataset.title.zh, dataset.name)


def _require_there(source: Path) -> None:
    if not source.exists():
        raise ReleaseError(finding(str(source), _("no file"), _("the one that the last release names"), _("Restore it.")))


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` a hard link to `source`, or a copy on file systems without links.

    Raises:
        ReleaseError: there is no `source`.
    """
    _require_there(source)
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # file systems without hard links
        shutil.copyfile(source, target)


def with_roots(folder: Path, datasets: Sequence[ReleasedDataset], last: Release | None) -> tuple[ReleasedDataset, ...]:
    """The datasets with the Merkle roots of their rows; that of a file which the last release has, too, is not computed again."""
    known = {entry.sha256_of("parquet"): entry.merkle_root for entry in last.datasets} if last else {}
    with duckdb.connect() as connection:
        return tuple(
            replace(entry, merkle_root=known.get(entry.sha256_of("parquet")) or merkle_root(connection, entry.tables(folder)))
            for entry in datasets
        )
