"""Check: hold the next warehouse against every expectation, write down what came of it, and let it take its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from exports.catalog import load_catalog
from flows.build import open_warehouse
from flows.checks import CheckResult, run_checks
from flows.conductor import Conductor
from flows.errors import ConfigurationError, finding
from flows.models import load_models, reads_of_marts
from flows.settings import Workspace

CRITICAL = "critical"


def check(workspace: Workspace, *, conductor: Conductor, again: bool = False) -> Mapping[str, str]:
    """Check the next warehouse and swap it in whole. Where none is waiting there is nothing to do, unless `again` asks for it.

    Returns:
        The datasets that may not be released, each with the reason.

    Raises:
        ConfigurationError: there is no warehouse at all, or an expectation is written wrongly.
    """
    target = workspace.next_warehouse
    if not target.exists():
        _require_standing(workspace)
        if not again:
            conductor.say("check: nothing changed, the last checks stand")
            return held_back(workspace.warehouse)
        target.parent.mkdir(exist_ok=True)
        copy = target.with_name("copy.duckdb")
        shutil.copyfile(workspace.warehouse, copy)
        copy.rename(target)
    models = load_models()
    results = run_checks(target, load_catalog(), reads_of_marts(models), progress=conductor.say)
    with open_warehouse(target) as connection:
        _write_results(connection, results)
    os.replace(target, workspace.warehouse)  # noqa: PTH105 - Path.replace would do the same; the word says what happens
    return held_back(workspace.warehouse)


def held_back(warehouse: Path) -> dict[str, str]:
    """The datasets that a critical rule holds back, with the first such rule, as the warehouse has it on record."""
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


def _require_standing(workspace: Workspace) -> None:
    if not workspace.warehouse.exists():
        raise ConfigurationError(finding(str(workspace.root), "no warehouse", "one to check", "Run: gongkai build"))


def _write_results(connection: duckdb.DuckDBPyConnection, results: list[CheckResult]) -> None:
    columns = ("table_name", "rule_name", "severity", "rule_why", "is_met", "checked_count", "failed_count", "error_text")
    rows = [[*(getattr(result, column) for column in columns), list(result.datasets)] for result in results]
    connection.execute("delete from checks.results")
    connection.executemany("insert into checks.results values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
