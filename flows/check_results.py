"""What came of the checks, as tables of the warehouse: `checks.results`, `checks.datasets`, `checks.files`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from exports.catalog import Catalog
from flows.build import open_warehouse
from flows.checks import CheckResult
from flows.quarantine import SCHEMA, quarantine_of
from flows.release_gate import Drafted


def write_results(warehouse: Path, catalog: Catalog, results: Sequence[CheckResult], drafted: Sequence[Drafted]) -> dict[str, int]:
    """Write down results and files in place of what stood there, and how many rows each mart has, which is returned."""
    files = [(file.path, each.dataset.name, file.bytes, file.sha256) for each in drafted for file in each.files.files]
    with open_warehouse(warehouse) as connection:
        _fill(connection, "checks.results", _rows(connection, results))
        _fill(connection, "checks.files", files)
        standing = {
            name
            for (name,) in connection.execute("select table_name from information_schema.tables where table_schema = 'marts'").fetchall()
        }
        counts = {dataset.name: _count(connection, dataset.table) for dataset in catalog if dataset.name in standing}
        _fill(connection, "checks.datasets", list(counts.items()))
    return counts


def _rows(connection: duckdb.DuckDBPyConnection, results: Sequence[CheckResult]) -> list[tuple[object, ...]]:
    aside = _set_aside(connection, {result.table_name for result in results})
    return [
        (
            result.gate,
            result.table_name,
            result.rule_name,
            result.severity,
            result.rule_why,
            result.is_met,
            result.checked_count,
            result.failed_count,
            aside.get((result.table_name, result.rule_name), 0),
            result.error_text,
            list(result.datasets),
        )
        for result in results
    ]


def _set_aside(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> dict[tuple[str, str], int]:
    """How many rows were set aside, by table and rule."""
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


def _fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    connection.execute(f"delete from {table}")
    if rows:
        connection.executemany(f"insert into {table} values ({', '.join('?' for _ in rows[0])})", rows)
