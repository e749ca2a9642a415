"""Reads a release back from the disk and compares it with its manifest and descriptors.

It trusts nothing that the writer knew: hashes are computed again, Parquet and CSV are both read with the types of the Table
Schema, and their rows and values are counted column by column.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import DUCKDB_TYPES
from exports.messages import N_, Message, _, words_of
from exports.release.chain import wrong_manifest
from exports.release.files import BOM, DATETIME
from exports.release.manifest import MANIFEST, SUMS, Release, ReleasedDataset, ReleasedFile, ReleaseError, read_release, sha256_of
from exports.release.merkle import merkle_root
from exports.release.signing import SIGNATURE
from exports.sql_text import literal, quoted

LONGEST_LINE = 16_000_000  # bytes; a long quoted text exceeds DuckDB's default of 2 000 000
BUFFER = 2 * LONGEST_LINE  # DuckDB would take 16 lines a buffer: ten times the memory, and half the speed


def verify_release(folder: Path, *, roots: bool = False) -> list[str]:
    """Every difference between the release in `folder` and its manifest, one sentence each; an empty list for a good one.

    `roots`: compute the Merkle root of each dataset's rows again, too, at about as much cost as all the rest.
    """
    changed = wrong_manifest(folder / MANIFEST)
    try:
        release = read_release(folder)
    except ReleaseError as error:
        return changed or [words_of(error)]
    findings = [*_wrong_files(release), *wrong_sums(release)]
    if findings:
        return [*changed, *findings]  # the tables of damaged files show nothing more
    resources = {entry["name"]: entry for entry in json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]}
    with duckdb.connect() as connection:
        for dataset in release.datasets:
            findings += _wrong_table(connection, folder, dataset, resources)
            findings += _wrong_root(connection, folder, dataset) if roots else ()
    return [*changed, *findings]


def sums_text(release: Release, manifest_sha256: str) -> str:
    """The text of SHA256SUMS: what `sha256sum -c` reads, for every file but itself."""
    lines = [(file.path, file.sha256) for file in release.all_files] + [(MANIFEST, manifest_sha256)]
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(lines))


def wrong_bytes(folder: Path, files: Iterable[ReleasedFile]) -> Iterator[str]:
    """One sentence for each file that is not there with the bytes that the manifest of the release in `folder` names."""
    for file in files:
        path = folder / file.path
        if not path.is_file():
            yield missing_file(path, file.bytes)
        elif path.stat().st_size != file.bytes:
            yield wrong_size(path, path.stat().st_size, file.bytes)
        elif (sha256 := sha256_of(path)) != file.sha256:
            yield _("{path}: found SHA-256 {found}; expected {expected}", path=path, found=sha256, expected=file.sha256)


def _wrong_files(release: Release) -> Iterator[str]:
    yield from wrong_bytes(release.folder, release.all_files)
    named = {file.path for file in release.all_files} | {MANIFEST, SUMS, SIGNATURE}
    there = {path.relative_to(release.folder).as_posix() for path in release.folder.rglob("*") if not path.is_dir()}
    for stray in sorted(there - named):
        yield _("{path}: found a file that the manifest does not name; expected none", path=release.folder / stray)


def missing_file(path: Path, byte_count: int) -> Message:
    """The fault of a file that is not there."""
    return _("{path}: found no file; expected {expected} bytes", path=path, expected=byte_count)


def wrong_size(path: Path, found: int, byte_count: int) -> Message:
    """The fault of a file of another size."""
    return _("{path}: found {found} bytes; expected {expected}", path=path, found=found, expected=byte_count)


def wrong_sums(release: Release) -> Iterator[str]:
    """One sentence where SHA256SUMS is not what the manifest says."""
    path = release.folder / SUMS
    expected = sums_text(release, sha256_of(release.folder / MANIFEST))
    if not path.is_file() or path.read_bytes() != expected.encode():
        count = len(expected.splitlines())
        yield _("{path}: found other sums than those of the manifest; expected {count} lines in agreement with it", path=path, count=count)


def _wrong_table(
    connection: duckdb.DuckDBPyConnection, folder: Path, dataset: ReleasedDataset, resources: dict[str, dict[str, Any]]
) -> Iterator[str]:
    if dataset.slug not in resources:
        path = folder / "datapackage.json"
        yield _("{path}: found no resource {slug}; expected one, as the manifest names it", path=path, slug=dataset.slug)
        return
    fields = {field["name"]: DUCKDB_TYPES[field["type"]] for field in resources[dataset.slug]["schema"]["fields"]}
    tables = [*zip(dataset.tables(folder), (folder / file.path for file in dataset.files_of("csv")), strict=False)]
    if not tables or len(tables) != len(dataset.files_of("parquet")) or len(tables) != len(dataset.files_of("csv")):
        words = N_("{path}: found {dataset} without a Parquet file for each CSV file; expected both of every part")
        yield _(words, path=folder, dataset=dataset.name)
        return
    try:
        rows = 0
        for parquet, csv in tables:
            yield from _wrong_columns(connection, parquet, csv, fields)
            yield from _wrong_counts(connection, parquet, csv, fields)
            rows += _row_count(connection, parquet)
        if rows != dataset.rows:
            yield _("{path}: found {found} rows; expected {expected}", path=tables[0][0], found=rows, expected=dataset.rows)
    except duckdb.Error as error:
        yield _("{path}: {dataset} cannot be read back: {error}", path=folder, dataset=dataset.name, error=error)


def _wrong_root(connection: duckdb.DuckDBPyConnection, folder: Path, dataset: ReleasedDataset) -> Iterator[str]:
    tables = dataset.tables(folder)
    if dataset.merkle_root and (found := merkle_root(connection, tables)) != dataset.merkle_root:
        words = N_("{path}: found rows with the Merkle root {found}; expected {expected}")
        yield _(words, path=tables[0], found=found, expected=dataset.merkle_root)


def _wrong_columns(connection: duckdb.DuckDBPyConnection, parquet: Path, csv: Path, fields: dict[str, str]) -> Iterator[str]:
    found = {name: kind for name, kind, *_ in connection.execute(f"describe from {literal(str(parquet))}").fetchall()}
    if list(found.items()) != list(fields.items()):
        yield _("{path}: found columns {found}; expected {expected}", path=parquet, found=found, expected=fields)
    with csv.open("rb") as file:
        header = file.readline().decode()
    if header != (expected := BOM + ",".join(fields) + "\r\n"):
        yield _("{path}: found header {found!r}; expected {expected!r}", path=csv, found=header, expected=expected)


def _row_count(connection: duckdb.DuckDBPyConnection, parquet: Path) -> int:
    ((rows,),) = connection.execute(f"select count(*) from {literal(str(parquet))}").fetchall()
    return int(rows)


def _wrong_counts(connection: duckdb.DuckDBPyConnection, parquet: Path, csv: Path, fields: dict[str, str]) -> Iterator[str]:
    counts = ", ".join(["count(*)", *(f"count({quoted(name)})" for name in fields)])
    (from_parquet,) = connection.execute(f"select {counts} from {literal(str(parquet))}").fetchall()
    (from_csv,) = connection.execute(f"select {counts} from {csv_source(csv, fields)}").fetchall()
    for name, left, right in zip(["rows", *fields], from_parquet, from_csv, strict=True):
        if left != right:
            facts = {"path": csv, "found": right, "column": name, "expected": left, "other": parquet.name}
            yield _("{path}: found {found} values in {column}; expected {expected} as in {other}", **facts)
    numbers = [name for name, kind in fields.items() if kind == DUCKDB_TYPES["number"]]
    for name in numbers:
        ((endless,),) = connection.execute(f"select count(*) from {literal(str(parquet))} where not isfinite({quoted(name)})").fetchall()
        if endless:
            words = N_("{path}: found {found} values in {column} that are infinite or no number; expected null where nothing is known")
            yield _(words, path=parquet, found=endless, column=name)


def csv_source(path: Path, fields: dict[str, str]) -> str:
    """The FROM clause that reads one of our CSV files with nothing to guess; an empty text and a null stay distinct."""
    columns = ", ".join(f"{quoted(name)}: {literal(kind)}" for name, kind in fields.items())
    return f"read_csv({literal(str(path))}, columns = {{{columns}}}, auto_detect = false, {_DIALECT})"


def csv_texts(path: Path) -> str:
    """The FROM clause that reads one of our CSV files as text under its own headers."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        headers = next(csv.reader(file), [])
    return csv_source(path, dict.fromkeys(headers, "VARCHAR"))


_DIALECT = (
    "header = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', nullstr = '', allow_quoted_nulls = false, "
    f"timestampformat = {literal(DATETIME)}, max_line_size = {LONGEST_LINE}, buffer_size = {BUFFER}"
)
