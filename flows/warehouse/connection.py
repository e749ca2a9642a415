"""How a warehouse file is opened for writing, and what it says of its own making."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from exports.sql_text import literal

MEMORY = "2GB"
SMALL = 8_000_000  # bytes of sources: below, a second thread costs more processor time than it saves, and a table fills no large block
SMALL_BLOCK = 16_384
LARGE_BLOCK = 262_144  # DuckDB's own
SMALL_CONFIG: dict[str, str | bool | int | float | list[str]] = {"threads": 1, "checkpoint_threshold": "1TB"}  # written once, at the end

SETTINGS = "set preserve_insertion_order = false; set enable_progress_bar = false"
RESULT_TABLES = """
    create table checks.results (
        gate_name varchar, table_name varchar, rule_name varchar, severity varchar, rule_why varchar, is_met boolean,
        checked_count bigint, failed_count bigint, quarantined_count bigint, error_text varchar, dataset_names varchar[]
    );
    create table checks.datasets (dataset_name varchar, dataset_row_count bigint);
    create table checks.files (file_path varchar, dataset_name varchar, byte_count bigint, file_sha256 varchar, file_key varchar);
    create table checks.rule_keys (table_name varchar, rule_name varchar, definition_key varchar, rule_key varchar)
"""


def key_of(warehouse: Path) -> str:
    """What a warehouse was built from and what came before, as `Past.key` has it; empty where there is none, or one that cannot be read: it is made anew."""
    if not warehouse.exists():
        return ""
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            row = connection.execute("select build_key from reference.run").fetchone()
    except duckdb.Error:
        return ""
    return str(row[0]) if row else ""


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a warehouse for writing, within the memory that a small server has to spare."""
    connection = duckdb.connect(str(path), config=_config(path))
    connection.execute(SETTINGS)
    return connection


@contextmanager
def new_warehouse(path: Path, source_bytes: int, standing: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose database is the new file `path`, complete on the disk when the block ends without an error.

    It begins empty, or as a copy of the warehouse `standing`.

    No log is written meanwhile: whatever ends the build early, what there is of the file is thrown away, and syncing a log after each of
    some two hundred tables took longer than making them. A table has blocks of its own, so `source_bytes` decides how large they are.
    """
    if standing:
        shutil.copyfile(standing, path)
    with duckdb.connect(config=_config(path) | (SMALL_CONFIG if is_small(source_bytes) else {})) as connection:
        connection.execute(f"attach {literal(str(path))} as warehouse (recovery_mode no_wal_writes, block_size {block_size(source_bytes)})")
        connection.execute(f"use warehouse; {SETTINGS}")
        yield connection
        connection.execute("checkpoint warehouse; use memory; detach warehouse")


def is_small(source_bytes: int) -> bool:
    """Whether a warehouse made of so many bytes is written by one thread, in small blocks."""
    return source_bytes < SMALL


def block_size(source_bytes: int) -> int:
    """Bytes of a block of a warehouse that is made of so many bytes."""
    return SMALL_BLOCK if is_small(source_bytes) else LARGE_BLOCK


def _config(path: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {"memory_limit": MEMORY, "temp_directory": str(path.parent / "spill")}
