"""Every rule of the raw and core gates by Great Expectations, against the same rules as one hand-written SQL script, in turn.

usage: python -m tests.benchmarks.checks_speed [--rows 10000000] [--runs 3] [--write]

Each side is a process of its own on the same warehouse, timed from its start: imports are part of it. The script has one SELECT a table
for all that can be counted in one pass over it, and one for each rule written in SQL. Both must find the same counts. --write puts the
table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from exports.catalog import load_catalog
from flows.quality.checks import EXPECTATIONS
from flows.quality.gates import suites_of_registers
from flows.quality.suites import UNEXPECTED_ROWS, Rule, Suite, load_suites
from tests.benchmarks.generate import make_workspace
from tests.benchmarks.measured import peak_mb
from tests.benchmarks.pipeline import PROJECT_ROOT, write

TABLE_LEVEL = "expect_table_columns_to_match_ordered_list"  # asks the catalog of the database, reads no row


def by_hand(warehouse: Path) -> dict[str, int]:
    """The script: how many rows break each rule, by the rule's table and name."""
    counts: dict[str, int] = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for table, rules in rules_by_table().items():
            columns = {name: counted(rule) for name, rule in rules.items() if rule.type not in {UNEXPECTED_ROWS, TABLE_LEVEL}}
            if columns:
                found = connection.execute(f"select {', '.join(columns.values())} from {table}").fetchone()
                counts |= dict(zip(columns, found or (), strict=True))
            for name, rule in rules.items():
                if rule.type == UNEXPECTED_ROWS:
                    query = str(rule.kwargs["unexpected_rows_query"]).format(batch=table)
                    ((counts[name],),) = connection.execute(f"select count(*) from ({query})").fetchall()
    return counts


def by_great_expectations(warehouse: Path) -> dict[str, int]:
    """The two gates as `gongkai check` runs them."""
    from flows.quality.checks import run_suites

    results = run_suites(warehouse, all_suites(), lambda _: ())
    assert not [result for result in results if result.error_text], [result for result in results if result.error_text]
    table_level = {name for rules in rules_by_table().values() for name, rule in rules.items() if rule.type == TABLE_LEVEL}
    counts = {
        f"{result.table_name}: {result.rule_name}": result.failed_count or 0 for result in results
    }  # of an empty table it counts none
    return {name: count for name, count in counts.items() if name not in table_level}


def all_suites() -> list[Suite]:
    catalog = load_catalog()
    return [*load_suites(catalog, EXPECTATIONS), *suites_of_registers(catalog)]


def rules_by_table() -> dict[str, dict[str, Rule]]:
    tables: dict[str, dict[str, Rule]] = {}
    for suite in all_suites():
        tables.setdefault(suite.table, {}).update({f"{suite.table}: {rule.name}": rule for rule in suite.rules})
    return tables


def counted(rule: Rule) -> str:
    """The rows that break a ready-made expectation, as an aggregate over its table."""
    given = rule.kwargs
    match rule.type:
        case "expect_column_values_to_not_be_null":
            return f"count(*) filter ({given['column']} is null{condition(given)})"
        case "expect_column_values_to_be_in_set":
            listed = ", ".join("'" + value.replace("'", "''") + "'" for value in given["value_set"])
            return f"count(*) filter ({given['column']} not in ({listed}))"
        case "expect_column_values_to_be_between":
            bounds = [f"{given['column']} {mark} {given[key]}" for key, mark in (("min_value", "<"), ("max_value", ">")) if key in given]
            return f"count(*) filter ({' or '.join(bounds)})"
        case "expect_column_pair_values_a_to_be_greater_than_b":
            return f"count(*) filter ({given['column_A']} {'<' if given.get('or_equal') else '<='} {given['column_B']})"
        case "expect_column_values_to_be_unique" | "expect_compound_columns_to_be_unique":
            key = given.get("column") or f"({', '.join(given['column_list'])})"
            return f"count({key}) - count(distinct {key})"
    raise ValueError(f"{rule.type} has no form in the script yet")


def condition(given: dict[str, Any]) -> str:
    row = given.get("row_condition")
    return f" and {row['column']['name']} {row['operator']} {row['parameter']}" if row else ""


def timed(side: str, warehouse: Path) -> tuple[float, float, dict[str, int]]:
    """Seconds, peak memory (MB) and counts of one side as a whole process."""
    began = time.perf_counter()
    order = [sys.executable, "-m", "tests.benchmarks.checks_speed", "--side", side, "--warehouse", str(warehouse)]
    with subprocess.Popen(order, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
    if process.returncode:
        sys.exit(f"{side} failed")
    said = json.loads(output)  # with its own peak: what the system counts for a child begins at its parent's
    return time.perf_counter() - began, said["peak_mb"], said["counts"]


def built(folder: Path, rows: int) -> Path:
    """A warehouse of so many disclosures, ready for its check."""
    workspace = make_workspace(folder / "workspace", rows)
    for verb in ("ingest", "build"):
        subprocess.run([sys.executable, "-c", "from flows.cli.app import app; app()", verb, "-w", workspace], cwd=PROJECT_ROOT, check=True)
    return workspace / ".next" / "warehouse.duckdb"


def require_same(left: dict[str, int], right: dict[str, int]) -> None:
    """Where keys repeat the two count differently (rows that share one, keys too many): there it is enough that both find some."""
    assert left.keys() == right.keys(), left.keys() ^ right.keys()
    differing = {name: (left[name], right[name]) for name in left if bool(left[name]) != bool(right[name])}
    assert not differing, differing


def table(rows: int, rules: int, pairs: list[tuple[tuple[float, float], tuple[float, float]]]) -> str:
    ratios = [ours[0] / script[0] for ours, script in pairs]
    place = f"{os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"
    lines = [
        f"{rows:,} disclosure records, {rules} rules, {len(pairs)} pairs of runs, {place}",
        "",
        "| the same rules | seconds | peak memory, MB |",
        "|---|---:|---:|",
    ]
    for name, side in (("Great Expectations, imports included", 0), ("one hand-written SQL script", 1)):
        lines.append(f"| {name} | {median(pair[side][0] for pair in pairs):.1f} | {max(pair[side][1] for pair in pairs):,.0f} |")
    return "\n".join([*lines, "", f"Ratio pair by pair: {min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f}."])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    arguments.add_argument("--side", choices=["ours", "script"], help=argparse.SUPPRESS)
    arguments.add_argument("--warehouse", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.side:
        counts = (by_great_expectations if given.side == "ours" else by_hand)(given.warehouse)
        print(json.dumps({"counts": counts, "peak_mb": peak_mb()}))
        return
    folder = Path(tempfile.mkdtemp(prefix="gongkai-bench-"))
    try:
        warehouse, pairs = built(folder, given.rows), []
        for number in range(given.runs):
            ours, script = timed("ours", warehouse), timed("script", warehouse)
            require_same(ours[2], script[2])
            pairs.append((ours[:2], script[:2]))
            print(
                f"run {number + 1}: {ours[0]:.1f} s and {ours[1]:,.0f} MB, script {script[0]:.1f} s and {script[1]:,.0f} MB",
                file=sys.stderr,
                flush=True,
            )
        text = table(given.rows, len(ours[2]), pairs)
        print(text)
        if given.write:
            write("checks", text)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
