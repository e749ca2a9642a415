"""The release gate: datasets are written as they would leave, read back from their files, and checked against their descriptors.

The files stay in `.next/files` with their digests in `checks.files`: `flows/release.py` publishes exactly what was checked here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from exports.catalog import Catalog, Dataset
from exports.release.data_files import link_or_copy
from exports.release.files import connect, paths_of, write_dataset, written_dataset
from exports.release.manifest import ReleasedDataset, sha256_of
from exports.release.verify import csv_texts
from exports.sql_text import literal
from flows.quality.checks import CheckResult, run_suites
from flows.quality.known_results import KnownResults
from flows.quality.suites import file_suites

SCRATCH = ".scratch"
READ_BACK = "read-back.duckdb"


@dataclass(frozen=True)
class Drafted:
    """A dataset's files as they would leave, and the number of rows that the warehouse has for them."""

    dataset: Dataset
    row_count: int
    files: ReleasedDataset


def draft(warehouse: Path, datasets: Sequence[Dataset], folder: Path, known: KnownResults | None = None) -> list[Drafted]:
    """The files of `datasets` below `folder`: linked to those of the latest release where it was made of the same, else written.

    Raises:
        ReleaseError: a mart is missing, lacks a column, or holds values that are not of the promised type.
    """
    (folder / "data").mkdir(parents=True, exist_ok=True)
    drafted = []
    with connect(warehouse, folder / SCRATCH) as connection:
        for dataset in datasets:
            same = _linked(connection, dataset, folder, known) if known else None
            drafted.append(same or _written(connection, dataset, folder))
    shutil.rmtree(folder / SCRATCH, ignore_errors=True)
    return drafted


def _written(connection: duckdb.DuckDBPyConnection, dataset: Dataset, folder: Path) -> Drafted:
    files = write_dataset(connection, dataset, folder)
    ((rows,),) = connection.execute(f"select count(*) from warehouse.{dataset.table}").fetchall()
    return Drafted(dataset, rows, files)


def _linked(connection: duckdb.DuckDBPyConnection, dataset: Dataset, folder: Path, known: KnownResults) -> Drafted | None:
    """The files of the latest release, if they are those that the standing warehouse was checked with, made of what today's would be made of."""
    key = known.key_of_files(dataset)
    checked = [known.files.get(path) for path in paths_of(dataset)]
    if not key or known.latest is None:
        return None
    for path, file in zip(paths_of(dataset), checked, strict=True):
        source = known.latest.folder / path
        if file is None or file.file_key != key or not source.exists() or sha256_of(source) != file.sha256:
            return None
    for path in paths_of(dataset):
        link_or_copy(known.latest.folder / path, folder / path)
    (rows,) = {file.row_count for file in checked if file}
    return Drafted(dataset, rows, written_dataset(connection, dataset, folder))


def read_back(
    catalog: Catalog, drafted: Sequence[Drafted], folder: Path, progress: Callable[[str], None], known: KnownResults | None = None
) -> list[CheckResult]:
    """The results of checking the written files against their descriptors: every type, value and key, and each CSV against its Parquet file."""
    tables = folder / READ_BACK
    tables.unlink(missing_ok=True)
    with duckdb.connect(str(tables)) as connection:
        connection.execute("create schema parquet; create schema csv; create schema row_counts")
        for each in drafted:
            connection.execute(f"create view row_counts.{each.dataset.name} as select {each.row_count} as row_count")
            csv, parquet = (folder / path for path in paths_of(each.dataset))
            _view(connection, f"parquet.{each.dataset.name}", f"read_parquet({literal(str(parquet))})")
            with suppress(UnicodeDecodeError):
                _view(connection, f"csv.{each.dataset.name}", csv_texts(csv))
    if known:
        _note(known, drafted)
    written = replace(catalog, datasets={each.dataset.name: each.dataset for each in drafted})
    suites = [suite for each in drafted for suite in file_suites(each.dataset, written)]
    try:
        return run_suites(tables, suites, lambda table: (table.partition(".")[2],), progress, known)
    finally:
        tables.unlink()


def _note(known: KnownResults, drafted: Sequence[Drafted]) -> None:
    """Say what is in the tables of the files that are read back."""
    for each in drafted:
        csv, parquet = each.files.files
        for form, content in (("csv", csv.sha256), ("parquet", parquet.sha256), ("row_counts", str(each.row_count))):
            known.note_content(f"{form}.{each.dataset.name}", content)


def _view(connection: duckdb.DuckDBPyConnection, name: str, relation: str) -> None:
    """Create a view of a file. A file that cannot be opened becomes no table, and so fails every rule about it."""
    try:
        connection.execute(f"from {relation} limit 1").fetchall()
    except duckdb.Error:
        return
    connection.execute(f"create view {name} as from {relation}")
