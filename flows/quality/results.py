"""Results of the checks, as tables of the warehouse: `checks.results`, `checks.datasets`, `checks.files`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.catalog import Catalog
from exports.release.manifest import Quality
from flows.quality.checks import CheckResult
from flows.quality.quarantine import SCHEMA, quarantine_of
from flows.quality.release_gate import Drafted
from flows.warehouse.connection import open_warehouse
from flows.warehouse.queries import load_query

RESULTS = pa.schema(
    [
        *((name, pa.string()) for name in ("gate_name", "table_name", "rule_name", "severity", "rule_why")),
        ("is_met", pa.bool_()),
        *((name, pa.int64()) for name in ("checked_count", "failed_count", "quarantined_count")),
        ("error_text", pa.string()),
        ("dataset_names", pa.list_(pa.string())),
    ]
)
FILES = pa.schema([("file_path", pa.string()), ("dataset_name", pa.string()), ("byte_count", pa.int64()), ("file_sha256", pa.string())])
DATASETS = pa.schema([("dataset_name", pa.string()), ("dataset_row_count", pa.int64())])
CRITICAL = "critical"
MARTS = "select table_name from information_schema.tables where table_schema = 'marts'"


def write_results(warehouse: Path, catalog: Catalog, results: Sequence[CheckResult], drafted: Sequence[Drafted]) -> dict[str, int]:
    """Replace the recorded results and files; gives the number of rows of each mart, which is recorded too."""
    with open_warehouse(warehouse) as connection:
        quarantined = _set_aside(connection, {result.table_name for result in results})
        _fill(connection, "checks.results", RESULTS, [_row(result, quarantined) for result in results])
        files = [(file.path, each.dataset.name, file.bytes, file.sha256) for each in drafted for file in each.files.files]
        _fill(connection, "checks.files", FILES, files)
        standing = {name for (name,) in connection.execute(MARTS).fetchall()}
        counts = {dataset.name: _count(connection, dataset.table) for dataset in catalog if dataset.name in standing}
        _fill(connection, "checks.datasets", DATASETS, list(counts.items()))
    return counts


def _row(result: CheckResult, quarantined: Mapping[tuple[str, str], int]) -> tuple[object, ...]:
    set_aside = quarantined.get((result.table_name, result.rule_name), 0)
    return (
        result.gate,
        result.table_name,
        result.rule_name,
        result.severity,
        result.rule_why,
        result.is_met,
        result.checked_count,
        result.failed_count,
        set_aside,
        result.error_text,
        list(result.datasets),
    )


def _set_aside(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> dict[tuple[str, str], int]:
    """How many rows were quarantined, by table and rule."""
    standing = connection.execute(
        f"select table_schema || '.' || table_name from information_schema.tables where table_schema = '{SCHEMA}'"
    ).fetchall()
    counts: dict[tuple[str, str], int] = {}
    for table in tables:
        if (quarantine_of(table),) in standing:
            rules = f"select unnest(broken_rules) as rule_name from {quarantine_of(table)}"
            counts |= {
                (table, rule): n for rule, n in connection.execute(f"select rule_name, count(*) from ({rules}) group by 1").fetchall()
            }
    return counts


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"select count(*) from {table}").fetchall()
    return int(count)


def _fill(connection: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema, rows: Sequence[tuple[object, ...]]) -> None:
    columns = [pa.array([row[index] for row in rows], field.type) for index, field in enumerate(schema)]
    connection.register("arrow_rows", pa.table(columns, schema=schema))
    connection.execute(f"delete from {table}; insert into {table} by name from arrow_rows")
    connection.unregister("arrow_rows")


def held_back(warehouse: Path) -> dict[str, str]:
    """The datasets that a critical rule holds back, each with the first such rule, as recorded in the warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            """
            with failed as (
                select unnest(dataset_names) as dataset_name, table_name || ': ' || rule_name as rule
                from checks.results where severity = ? and not is_met
            )
            select dataset_name, min(rule) from failed group by 1 order by 1
            """,
            [CRITICAL],
        ).fetchall()
    return dict(rows)


def digests(warehouse: Path) -> dict[str, str]:
    """The files that passed the release gate: path in a release -> SHA-256."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return dict(connection.execute("select file_path, file_sha256 from checks.files").fetchall())


def quality_of(warehouse: Path) -> dict[str, Quality]:
    """For each dataset that any rule concerns: rules, rules not met, and rows quarantined from the tables that it reads."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(load_query("rules_by_dataset")).fetchall()
    return {name: Quality(*map(int, figures)) for name, *figures in rows}
