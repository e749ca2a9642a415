"""What the standing warehouse knows of checks: a rule whose definition and whose tables are the same has the same result.

A rule's key is made like a table's (flows/warehouse/table_keys.py). Where its tables differ and its definition does not, and again no row
breaks it, it holds as Great Expectations judged it to hold before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.catalog import Dataset
from exports.release.files import parquet_facts
from exports.release.manifest import Release
from flows.quality.suites import Rule
from flows.warehouse.table_keys import Keys, TableKey, digest, machine_key, read_keys

TABLE = "checks.rule_keys"
SCHEMA = pa.schema([(name, pa.string()) for name in ("table_name", "rule_name", "definition_key", "rule_key")])
_RESULTS = """
    select keys.table_name, keys.rule_name, keys.definition_key, keys.rule_key, results.is_met, results.checked_count, results.failed_count
    from checks.rule_keys as keys
    inner join checks.results as results on keys.table_name = results.table_name and keys.rule_name = results.rule_name
    where results.error_text is null
"""
_FILES = """
    select files.file_key, files.file_path, files.file_sha256, datasets.dataset_row_count
    from checks.files as files
    inner join checks.datasets as datasets on files.dataset_name = datasets.dataset_name
    where files.file_key <> ''
"""


@dataclass(frozen=True)
class KnownResult:
    """What came of a rule in the standing warehouse."""

    definition_key: str
    rule_key: str
    is_met: bool
    checked_count: int | None
    failed_count: int | None


@dataclass(frozen=True)
class KnownFile:
    """A dataset's file that passed its checks, with the rows that the warehouse had for it."""

    file_key: str
    sha256: str
    row_count: int


@dataclass
class KnownResults:
    """The results and files of the standing warehouse, and the keys of the one that is checked; `latest` is the release with the files."""

    keys: Keys
    results: Mapping[tuple[str, str], KnownResult] = field(default_factory=dict)
    files: Mapping[str, KnownFile] = field(default_factory=dict)
    latest: Release | None = None
    found: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    files_found: dict[str, str] = field(default_factory=dict)

    def key_of_rule(self, table: str, rule: Rule) -> tuple[str, str]:
        """The keys of a rule's definition and of the rule with what it reads; the second is empty where that cannot be known."""
        place = table, str(rule.name)
        if place not in self.found:
            facts = [rule.model_dump(mode="json"), _judge()]
            self.found[place] = digest([machine_key(), table, *facts]), self.keys.key_of("", facts, [table])
        return self.found[place]

    def result_of(self, table: str, rule: Rule) -> KnownResult | None:
        """The result of the same rule on the same tables."""
        _, key = self.key_of_rule(table, rule)
        known = self.results.get((table, str(rule.name)))
        return known if known and key and known.rule_key == key else None

    def judgement_of(self, table: str, rule: Rule) -> KnownResult | None:
        """The result of the same rule on a table that may have been another."""
        definition, _ = self.key_of_rule(table, rule)
        known = self.results.get((table, str(rule.name)))
        return known if known and known.definition_key == definition else None

    def key_of_files(self, dataset: Dataset) -> str:
        """The key of a dataset's files: of its mart and of what its descriptor writes into them; empty where it cannot be known."""
        if dataset.name not in self.files_found:
            columns = [(column.name, column.duckdb_type) for column in dataset.columns]
            self.files_found[dataset.name] = self.keys.key_of("", [parquet_facts(dataset), columns, dataset.primary_key], [dataset.table])
        return self.files_found[dataset.name]

    def note_content(self, table: str, content: str) -> None:
        """Say what is in a table that is not of the warehouse."""
        self.keys.found[table] = TableKey("", content)


@cache
def _judge() -> str:
    """By which rules are judged."""
    return version("great_expectations")


def known_results(connection: duckdb.DuckDBPyConnection, standing: Path | None, latest: Release | None) -> KnownResults:
    """What `standing` knows, for the warehouse that `connection` has in use; nothing where there is no standing warehouse with keys."""
    keys = Keys(connection, ordered=False)
    keys.found |= read_keys(connection)
    if standing is None or not standing.exists():
        return KnownResults(keys)
    try:
        with duckdb.connect(str(standing), read_only=True) as reading:
            rows = reading.execute(_RESULTS).fetchall()
            files = reading.execute(_FILES).fetchall()
    except duckdb.Error:
        return KnownResults(keys)
    twice = {place for place, count in Counter((table, rule) for table, rule, *_ in rows).items() if count > 1}
    results = {(table, rule): KnownResult(*facts) for table, rule, *facts in rows if (table, rule) not in twice}
    return KnownResults(keys, results, {path: KnownFile(key, *facts) for key, path, *facts in files}, latest)
