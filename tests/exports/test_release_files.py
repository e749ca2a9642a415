"""What spreadsheets, programs and auditors find in the written files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.catalog import Catalog, Column, Dataset, Text
from exports.release.files import BOM, connect, write_dataset
from exports.release.manifest import ReleasedDataset, ReleaseError
from exports.release.verify import csv_source
from tests.exports.conftest import Releasing, fill

WORDS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
    st.text(st.sampled_from('",\r\n “”‘；、公开\t\ufeff#\\;|'), max_size=12),
)


def test_a_csv_is_what_excel_and_rfc_4180_expect(release: Releasing, catalog: Catalog) -> None:
    folder = release().folder
    for dataset in catalog:
        written = (folder / f"data/{dataset.slug}.csv").read_bytes()
        assert written.startswith(b"\xef\xbb\xbf" + ",".join(dataset.column_names).encode() + b"\r\n")
        assert written.endswith(b"\r\n")
        lines = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), strict=True))
        assert {len(line) for line in lines} == {len(dataset.columns)}
        unquoted = b"".join(written.split(b'"')[::2])
        assert unquoted.count(b"\r\n") == unquoted.count(b"\n") == unquoted.count(b"\r") == len(lines)


def test_rows_leave_in_the_order_of_the_primary_key_whatever_order_the_mart_has(release: Releasing, catalog: Catalog) -> None:
    folder = release().folder
    for dataset in catalog:
        for path in (f"data/{dataset.slug}.parquet", f"data/{dataset.slug}.csv"):
            keys = duckdb.sql(f"select {', '.join(dataset.primary_key)} from '{folder / path}'").fetchall()
            assert keys == sorted(keys), path


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=25))
def test_every_text_comes_back_from_the_csv_as_it_was(tmp_path: Path, catalog: Catalog, rows: list[tuple[str | None, ...]]) -> None:
    numbered = [(f"{index:03}", *row) for index, row in enumerate(rows)]
    dataset = _dataset(catalog, ["record_id", "task_title", "quoted_text", "part_name"], "record_id")
    written = _write(tmp_path, dataset, numbered)
    path = tmp_path / written.file("csv").path
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, *read_by_python = csv.reader(file, strict=True)
    assert read_by_python == [[value or "" for value in row] for row in numbered]
    fields = {column.name: column.duckdb_type for column in dataset.columns}
    assert duckdb.sql(f"from {csv_source(path, fields)}").fetchall() == numbered
    assert duckdb.sql(f"from '{tmp_path / written.file('parquet').path}'").fetchall() == numbered


def test_every_type_comes_back_from_the_csv_as_it_was(release: Releasing, catalog: Catalog) -> None:
    folder = release().folder
    for dataset in catalog:
        fields = {column.name: column.duckdb_type for column in dataset.columns}
        source = csv_source(folder / f"data/{dataset.slug}.csv", fields)
        assert duckdb.sql(f"from {source}").fetchall() == duckdb.sql(f"from '{folder}/data/{dataset.slug}.parquet'").fetchall()


def test_an_instant_keeps_its_microseconds(tmp_path: Path, catalog: Catalog) -> None:
    dataset = _dataset(catalog, ["record_id", "seen_from"], "record_id")
    written = _write(tmp_path, dataset, [("a", "2026-10-31 23:59:59.000001")])
    assert (tmp_path / written.file("csv").path).read_text("utf-8-sig") == "record_id,seen_from\na,2026-10-31T23:59:59.000001\n"


def test_the_same_rows_give_the_same_bytes_on_any_number_of_threads(tmp_path: Path, catalog: Catalog) -> None:
    """260 000 rows: three row groups, so that threads have something to share."""
    dataset, written = catalog.datasets["disclosures"], []
    for threads in (1, 2):
        path = tmp_path / f"{threads}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema marts")
            fill(connection, dataset, 260_000, order=f"hash(i, {threads})")
        with connect(path, tmp_path / "scratch") as connection:
            connection.execute(f"set threads = {threads}")
            written.append(write_dataset(connection, dataset, tmp_path).files)
    assert written[0] == written[1]


def test_rows_that_share_a_key_still_have_one_order(tmp_path: Path, catalog: Catalog) -> None:
    dataset = _dataset(catalog, ["record_id", "task_title"], "record_id")
    rows = [("a", "2"), ("a", None), ("a", "1")]
    assert _write(tmp_path, dataset, rows).files == _write(tmp_path, dataset, rows[::-1]).files


def test_a_parquet_file_describes_itself_to_pyarrow_and_duckdb(release: Releasing, catalog: Catalog) -> None:
    folder, dataset = release().folder, catalog.datasets["unit_targets"]
    path = folder / "data/unit-targets.parquet"
    by_pyarrow = pq.read_schema(path).metadata
    by_duckdb = dict(duckdb.sql(f"select decode(key), decode(value) from parquet_kv_metadata('{path}')").fetchall())
    assert by_duckdb["title_zh"] == by_pyarrow[b"title_zh"].decode() == dataset.title.zh
    assert json.loads(by_duckdb["primary_key"]) == ["document_id", "position"]
    assert json.loads(by_duckdb["column.target_count"]) == {
        "title": {"zh": "目标条数", "en": "Target"},
        "description": catalog.columns["target_count"].description.model_dump(),
        "unit": "item",
    }
    assert {chunk.compression for chunk in _chunks(path)} == {"ZSTD"}


def _chunks(path: Path) -> list[pq.ColumnChunkMetaData]:
    metadata = pq.ParquetFile(path).metadata
    return [metadata.row_group(group).column(column) for group in range(metadata.num_row_groups) for column in range(metadata.num_columns)]


def test_a_column_in_no_descriptor_does_not_leave(tmp_path: Path, warehouse: Path, release: Releasing) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("alter table marts.units add column officer_name varchar default 'SECRET-NAME'")
    folder = release().folder
    for path in folder.rglob("*.*"):
        assert b"officer_name" not in path.read_bytes()
        assert b"SECRET-NAME" not in path.read_bytes()


def test_a_mart_without_a_promised_column_is_refused_by_name(warehouse: Path, release: Releasing, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("alter table marts.units drop column region_name")
    with pytest.raises(ReleaseError, match=r"marts\.units: .*region_name.*exports/units\.yaml"):
        release()
    assert list((tmp_path / "releases").iterdir()) == []


def test_sha256sum_agrees_with_the_sums(release: Releasing) -> None:
    folder = release().folder
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    listed = {line.split(": ")[0] for line in done.stdout.splitlines()}
    assert listed == {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert sums["manifest.json"] == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def _dataset(catalog: Catalog, names: list[str], key: str) -> Dataset:
    columns: list[Column] = [catalog.columns[name] for name in names]
    changes = {"name": "notes", "title": Text(zh="记录", en="Notes"), "columns": tuple(columns), "primary_key": (key,), "foreign_keys": ()}
    return catalog.datasets["units"].model_copy(update=changes)


def _write(folder: Path, dataset: Dataset, rows: list[tuple[str | None, ...]]) -> ReleasedDataset:
    warehouse = folder / "notes.duckdb"
    warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        columns = ", ".join(f"{column.name} {column.duckdb_type}" for column in dataset.columns)
        connection.execute(f"create schema marts; create table marts.notes ({columns})")
        if rows:
            connection.executemany(f"insert into marts.notes values ({', '.join('?' * len(dataset.columns))})", rows)
    with connect(warehouse, folder / "scratch") as connection:
        return write_dataset(connection, dataset, folder)


def test_the_mark_for_excel_is_no_part_of_a_column_name_to_duckdb(release: Releasing) -> None:
    path = release().folder / "data/units.csv"
    names = [name for name, *_ in duckdb.sql(f"describe from '{path}'").fetchall()]
    assert names[0] == "unit_id"
    assert not any(BOM in name for name in names)
