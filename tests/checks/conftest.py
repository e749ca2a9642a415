"""A small valid warehouse, made from the descriptors, so that one change at a time shows what a rule catches."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from exports.catalog import Catalog, Column, load_catalog

ROWS = 3


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def good_warehouse(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    """Every mart with three rows that satisfy its descriptor; one name per row, so that keys and references match."""
    path = tmp_path_factory.mktemp("good") / "good.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts; create schema core")
        for dataset in catalog:
            columns = ", ".join(f'"{column.name}" {column.duckdb_type}' for column in dataset.columns)
            connection.execute(f"create table {dataset.table} ({columns})")
            marks = ", ".join("?" for _ in dataset.columns)
            rows = [[_good_value(column, row) for column in dataset.columns] for row in range(ROWS)]
            connection.executemany(f"insert into {dataset.table} values ({marks})", rows)
        connection.execute("create schema reference; create table reference.run as select date '2026-01-05' as as_of_on")
        connection.execute("create table reference.quality_history (release_number bigint, dataset_slug varchar, dataset_row_count bigint)")
        connection.execute("create table core.numbers as select i as n, 'secret-' || i as word from range(100) t(i)")
    return path


@pytest.fixture
def warehouse(tmp_path: Path, good_warehouse: Path) -> Path:
    """The valid warehouse to be changed, under a file name with characters that are special in URLs."""
    return Path(shutil.copyfile(good_warehouse, tmp_path / "仓库 a$b?c.duckdb"))


def _good_value(column: Column, row: int) -> Any:
    if column.enum:
        return column.enum[row % len(column.enum)]
    match column.type:
        case "integer":
            return (column.minimum or 0) + row
        case "number":
            return (column.minimum or 0) + row / 10
        case "boolean":
            return row % 2 == 0
        case "date":
            return date(2026, 1, 1 + row)
    return f"{column.name}-{row}"
