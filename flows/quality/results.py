"""What the recorded results of the checks say: datasets held back, files that passed, figures of each dataset."""

from __future__ import annotations

from pathlib import Path

import duckdb

from exports.release.manifest import Quality
from exports.sql_text import literal
from flows.warehouse.queries import load_query

CRITICAL = "critical"


def held_back(warehouse: Path) -> dict[str, str]:
    """The datasets that a critical rule holds back, each with the first such rule, as recorded in the warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            f"""
            with failed as (
                select unnest(dataset_names) as dataset_name, table_name || ': ' || rule_name as rule
                from checks.results where severity = {literal(CRITICAL)} and not is_met
            )
            select dataset_name, min(rule) from failed group by 1 order by 1
            """
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
