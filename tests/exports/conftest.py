"""A warehouse made from the catalog itself, so that these tests hold for every dataset that is ever added."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from exports.catalog import Catalog, Column, Dataset, load_catalog
from exports.release.folder import write_release
from exports.release.manifest import Input, Release
from exports.sql_text import literal

AS_OF = date(2026, 10, 31)
AWKWARD = "'关于“印发”,\"要点\"的通知' || chr(13) || chr(10) || '换行；😀'"


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


def value(dataset: Dataset, column: Column, row: str = "i") -> str:
    """SQL for one value: keys count up and so exist in the datasets that they refer to; every third optional value is null."""
    numbers = {"integer": _integer(column, row), "number": f"({row} % 7) / 8.0", "boolean": f"{row} % 2 = 0"}
    numbers |= {"date": f"date '2026-01-01' + ({row} % 300)::int", "datetime": f"timestamp '2026-01-01 08:00:00.25' + to_seconds({row})"}
    text = f"'{column.name}-' || lpad(({row})::varchar, 6, '0')"
    if column.type == "string" and not column.enum and not _is_key(dataset, column):
        text = f"case {row} % 5 when 0 then {AWKWARD} when 1 then '' else {text} end" if not column.required else f"{text} || {AWKWARD}"
    if column.enum:
        text = f"list_extract([{', '.join(map(literal, column.enum))}], 1 + ({row} % {len(column.enum)})::int)"
    filled = numbers.get(column.type, text)
    return filled if column.required or column.name in dataset.primary_key else f"case when {row} % 3 > 0 then {filled} end"


def _integer(column: Column, row: str) -> str:
    """A number that counts up, within what the descriptor allows."""
    low, high = int(column.minimum or 0), column.maximum
    if high is None:
        return f"({row} + {max(low, 2000)})"
    return f"({low} + {row} % {int(high) - low + 1})"


def _is_key(dataset: Dataset, column: Column) -> bool:
    return column.name in {*dataset.primary_key, *(name for key in dataset.foreign_keys for name in key.columns)}


def fill(connection: duckdb.DuckDBPyConnection, dataset: Dataset, rows: int, order: str = "hash(i)") -> None:
    """Create a mart of made-up rows, in random order, as marts have."""
    columns = ", ".join(f"({value(dataset, column)})::{column.duckdb_type} as {column.name}" for column in dataset.columns)
    connection.execute(f"create or replace table {dataset.table} as select {columns} from range({rows}) numbers(i) order by {order}")


def make_warehouse(path: Path, catalog: Catalog, rows: int = 40) -> Path:
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for dataset in catalog:
            fill(connection, dataset, rows)
    return path


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    return make_warehouse(tmp_path_factory.mktemp("made") / "warehouse.duckdb", catalog)


@pytest.fixture
def warehouse(tmp_path: Path, untouched: Path) -> Path:
    """A warehouse of the test's own, which it may change."""
    return Path(shutil.copyfile(untouched, tmp_path / "warehouse.duckdb"))


Releasing = Callable[..., Release]


def releasing(folder: Path, warehouse: Path, catalog: Catalog) -> Releasing:
    """Writes releases of a warehouse into `folder`; keywords change what a test is about."""

    def write(**changes: object) -> Release:
        facts = {"catalog": catalog, "releases": folder, "as_of": AS_OF, "blocked": {}, "code_version": "1"}
        facts |= {"inputs": [Input("plans/a.txt", "ab" * 32, 3)], "warehouse": warehouse} | changes
        return write_release(**facts)

    return write


@pytest.fixture
def release(tmp_path: Path, warehouse: Path, catalog: Catalog) -> Releasing:
    """Write a release of the test warehouse; keywords change what the test is about."""
    return releasing(tmp_path / "releases", warehouse, catalog)


def copied(releases: Path, target: Path) -> Path:
    """A copy of a folder of releases in which files are links of each other as they were, and of nothing outside."""
    subprocess.run(["cp", "-a", releases, target], check=True)
    return target
