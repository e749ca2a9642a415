"""The tables of a warehouse in which the results of its checks are recorded: `checks.results`, `checks.datasets`, `checks.files`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.catalog import Catalog
from exports.sql_text import literal
from flows.quality.checks import CheckResult
from flows.quality.history import QUALITY
from flows.quality.known_results import SCHEMA as KEY_SCHEMA
from flows.quality.known_results import TABLE as KEYS
from flows.quality.known_results import KnownResults
from flows.quality.quarantine import SCHEMA, quarantine_of
from flows.quality.release_gate import Drafted
from flows.warehouse.connection import open_warehouse

RESULTS = pa.schema(
    [
        *((name, pa.string()) for name in ("gate_name", "table_name", "rule_name", "severity", "rule_why")),
        ("is_met", pa.bool_()),
        *((name, pa.int64()) for name in ("checked_count", "failed_count", "quarantined_count")),
        ("error_text", pa.string()),
        ("dataset_names", pa.list_(pa.string())),
    ]
)
FILES = pa.schema(
    [
        ("file_path", pa.string()),
        ("dataset_name", pa.string()),
        ("byte_count", pa.int64()),
        ("file_sha256", pa.string()),
        ("file_key", pa.string()),
    ]
)
DATASETS = pa.schema([("dataset_name", pa.string()), ("dataset_row_count", pa.int64())])
QUARANTINES = f"select table_schema || '.' || table_name from information_schema.tables where table_schema = '{SCHEMA}'"
MARTS = "select table_name from information_schema.tables where table_schema = 'marts'"


class ResultTables:
    """The recorded results of a warehouse that is being checked."""

    def __init__(self, warehouse: Path, catalog: Catalog, known: KnownResults) -> None:
        self._known = known
        self._warehouse = warehouse
        self._catalog = catalog
        self._written: tuple[list[CheckResult], list[tuple[object, ...]]] = ([], [])
        self._rows: dict[str, int] = {}

    def write(self, results: list[CheckResult], drafted: Sequence[Drafted]) -> dict[str, int]:
        """Replace the recorded results and files; gives the number of rows of each mart, which is recorded too.

        The marts are counted again only where the results differ from those written before: nothing else in the warehouse changes.
        """
        files: list[tuple[object, ...]] = [
            (file.path, each.dataset.name, file.bytes, file.sha256, self._known.key_of_files(each.dataset))
            for each in drafted
            for file in each.files.files
        ]
        if (results, files) == self._written:
            return self._rows
        with open_warehouse(self._warehouse) as connection:
            if results != self._written[0]:
                quarantined = _quarantined(connection)
                _fill(connection, "checks.results", RESULTS, [_row(result, quarantined) for result in results])
                self._rows |= self._counts(connection)
                _fill(connection, "checks.datasets", DATASETS, list(self._rows.items()))
            _fill(connection, "checks.files", FILES, files)
        self._written = results, files
        return self._rows

    def write_keys(self) -> None:
        """Record of what each rule's result was made."""
        with open_warehouse(self._warehouse) as connection:
            _fill(connection, KEYS, KEY_SCHEMA, [(*place, *keys) for place, keys in sorted(self._known.found.items())])

    def _counts(self, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
        """The number of rows of each mart; after the first time only of the one that is made of the results."""
        standing = {name for (name,) in connection.execute(MARTS).fetchall()}
        asked = [each for each in self._catalog if each.name in standing and (not self._rows or each.name == QUALITY)]
        return {each.name: _count(connection, each.table) for each in asked}


def _row(result: CheckResult, quarantined: Mapping[tuple[str, str], int]) -> tuple[object, ...]:
    return (
        result.gate,
        result.table_name,
        result.rule_name,
        result.severity,
        result.rule_why,
        result.is_met,
        result.checked_count,
        result.failed_count,
        quarantined.get((quarantine_of(result.table_name), result.rule_name), 0),
        result.error_text,
        list(result.datasets),
    )


def _quarantined(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """How many rows were quarantined, by quarantine table and rule."""
    counts = [
        f"select {literal(name)} as name, unnest(broken_rules) as rule_name from {name}"
        for (name,) in connection.execute(QUARANTINES).fetchall()
    ]
    if not counts:
        return {}
    rows = connection.execute(f"select name, rule_name, count(*) from ({' union all '.join(counts)}) group by all").fetchall()
    return {(name, rule): count for name, rule, count in rows}


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"select count(*) from {table}").fetchall()
    return int(count)


def _fill(connection: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema, rows: Sequence[tuple[object, ...]]) -> None:
    columns = [pa.array([row[index] for row in rows], field.type) for index, field in enumerate(schema)]
    connection.register("arrow_rows", pa.table(columns, schema=schema))
    connection.execute(f"delete from {table}; insert into {table} by name from arrow_rows")
    connection.unregister("arrow_rows")
