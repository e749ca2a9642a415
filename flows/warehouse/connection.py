"""How a warehouse file is opened for writing, and what it says of its own making."""

from __future__ import annotations

from pathlib import Path

import duckdb

MEMORY = "2GB"


RESULT_TABLES = """
    create table checks.results (
        gate_name varchar, table_name varchar, rule_name varchar, severity varchar, rule_why varchar, is_met boolean,
        checked_count bigint, failed_count bigint, quarantined_count bigint, error_text varchar, dataset_names varchar[]
    );
    create table checks.datasets (dataset_name varchar, dataset_row_count bigint);
    create table checks.files (file_path varchar, dataset_name varchar, byte_count bigint, file_sha256 varchar)
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
    connection = duckdb.connect(str(path), config={"memory_limit": MEMORY, "temp_directory": str(path.parent / "spill")})
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set enable_progress_bar = false")
    return connection
