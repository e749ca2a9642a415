"""The raw store: folders that appear whole or not at all, however many write and whatever kills them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.catalog import load_catalog
from flows.sources.readers import reader_key
from flows.sources.store import Store, write_rejects, write_tables

ROWS = 20_000


def store_at(folder: Path) -> Store:
    return Store.of(folder, "plans", "reader")


def fill(folder: Path, digest: str) -> None:
    with store_at(folder).writing(digest) as scratch:
        write_tables(scratch, digest, {"lines": pa.table({"line": list(range(ROWS))}), "tasks": pa.table({"task": ["一", "二"]})})


def fill_many(folder: str, digests: list[str]) -> None:
    for digest in digests:
        fill(Path(folder), digest)


def die_while_writing(folder: str, digest: str) -> None:
    with store_at(Path(folder)).writing(digest) as scratch:
        write_tables(scratch, digest, {"lines": pa.table({"line": list(range(ROWS))})})
        os.kill(os.getpid(), signal.SIGKILL)


def fail_while_writing(folder: Path) -> None:
    with store_at(folder).writing("digest") as scratch:
        (scratch / "half.parquet").touch()
        raise RuntimeError


def test_many_workers_may_write_the_same_folders_at_once(tmp_path: Path) -> None:
    digests = [f"digest-{number}" for number in range(8)]
    orders = [digests, digests[::-1], digests[5:] + digests[:5]]
    start = multiprocessing.get_context("spawn")
    workers = [start.Process(target=fill_many, args=(str(tmp_path), order)) for order in orders]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    store = store_at(tmp_path)
    assert [worker.exitcode for worker in workers] == [0] * len(workers)
    assert sorted(path.name for path in store.folder.iterdir()) == sorted(digests)
    assert all(len(pq.read_table(store.tables(digest)["lines"])) == ROWS for digest in digests)


def test_a_writer_that_is_killed_leaves_nothing_that_counts_as_read(tmp_path: Path) -> None:
    worker = multiprocessing.get_context("spawn").Process(target=die_while_writing, args=(str(tmp_path), "digest"))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert not store_at(tmp_path).holds("digest")
    fill(tmp_path, "digest")
    assert set(store_at(tmp_path).tables("digest")) == {"lines", "tasks"}


def test_a_reading_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        fail_while_writing(tmp_path)
    assert list(store_at(tmp_path).folder.iterdir()) == []


def test_every_row_is_marked_with_the_digest_of_its_file(tmp_path: Path) -> None:
    with store_at(tmp_path).writing("digest") as scratch:
        write_tables(scratch, "digest", {"none": pa.table({"line": pa.array([], pa.int64())}), "two": pa.table({"line": [1, 2]})})
        write_rejects(scratch, "digest", "a.csv", [(None, "a.csv", "cut off"), (3, "a.csv, row 3", "ragged")])
    tables = {name: pq.read_table(path) for name, path in store_at(tmp_path).tables("digest").items()}
    assert {name: table.column("source_sha256").to_pylist() for name, table in tables.items()} == {
        "none": [],
        "two": ["digest"] * 2,
        "rejects": ["digest"] * 2,
    }
    assert tables["rejects"].column("reject_place").to_pylist() == [None, "row 3"]


def test_raw_rows_are_for_the_owner_only(tmp_path: Path) -> None:
    fill(tmp_path, "digest")
    assert stat.S_IMODE((store_at(tmp_path).folder / "digest").stat().st_mode) == 0o700


def test_what_is_read_of_a_register_depends_on_every_fact_that_its_reader_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = load_catalog()
    register = catalog.registers["enforcement_results"]
    before = reader_key("enforcement_results", catalog)
    clocks = tuple(clock.model_copy(update={"start": "revoked_on"}) for clock in register.clocks)
    for change in ({"clocks": clocks}, {"key": ("decision_number",)}, {"told_by_header": ()}):
        other = replace(catalog, registers={**catalog.registers, "enforcement_results": register.model_copy(update=change)})
        assert reader_key("enforcement_results", other) != before, change
    monkeypatch.setattr("flows.sources.readers.code_words", lambda column: (("处分", column),))
    assert reader_key("enforcement_results", catalog) != before
