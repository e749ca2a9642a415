"""The three gates of a warehouse: the results of every rule, and the files that passed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.catalog import Catalog, Dataset
from exports.release.manifest import Release
from flows.quality.checks import EXPECTATIONS, CheckResult, Guards, guards, met, run_suites
from flows.quality.history import QUALITY
from flows.quality.known_results import KnownResults, known_results
from flows.quality.private_rows import nothing_struck_out
from flows.quality.register_rules import completeness_suites, register_suites
from flows.quality.release_gate import Drafted, draft, read_back
from flows.quality.result_tables import ResultTables
from flows.quality.results import CRITICAL
from flows.quality.suites import Suite, file_suites, load_suites
from flows.warehouse.connection import open_warehouse
from flows.warehouse.models import load_models, reads_of_marts
from flows.workspace.runner import Runner

MAX_ROUNDS = 5
_FILLED = """
    select distinct table_name from duckdb_tables() where schema_name in ('staging', 'quarantine') and estimated_size > 0
"""


def pass_gates(
    warehouse: Path, files: Path, catalog: Catalog, runner: Runner, standing: Path | None = None, latest: Release | None = None
) -> list[Suite]:
    """Run every gate for every dataset, last for the one about the checks, whose rows are the results. Gives all suites.

    Results of the checked warehouse `standing`, and files of the release `latest` that was made of it, are taken over where they would be the same.

    Raises:
        ConfigurationError: an expectation is invalid.
        RuntimeError: as `settle`.
    """
    shutil.rmtree(files, ignore_errors=True)
    quality = catalog.datasets[QUALITY]
    guarded = guards(catalog, reads_of_marts(load_models(catalog=catalog)))
    with duckdb.connect(str(warehouse), read_only=True) as connection:  # held: DuckDB reads the file's catalog once for all who open it
        known = known_results(connection, standing, latest)
        gates = Gates(warehouse, files, catalog, guarded, runner.say, known)
        suites = [*load_suites(catalog, EXPECTATIONS), *_with_rows(connection, suites_of_registers(catalog))]
        results, drafted = gates.run([suite for suite in suites if suite.table != quality.table], {*catalog.datasets} - {QUALITY})
    own = [suite for suite in suites if suite.table == quality.table]
    tables = ResultTables(warehouse, catalog, known)
    with open_warehouse(warehouse):  # held, as above
        others = tables.write(results, drafted)[QUALITY]
        said = gates.expected_results(own, quality, others)
        tables.write([*results, *said], drafted)

    def check_own(said: Sequence[CheckResult]) -> tuple[list[CheckResult], list[Drafted]]:
        tables.write([*results, *said], drafted)
        with duckdb.connect(str(warehouse), read_only=True):  # held, as above
            return gates.run(own, {QUALITY})

    said, own_files = settle(said, check_own)
    drafted += own_files
    tables.write([*results, *said], drafted)
    tables.write_keys()
    return [*suites, *(suite for each in drafted for suite in file_suites(each.dataset, catalog))]


def settle(
    expected: list[CheckResult], check: Callable[[list[CheckResult]], tuple[list[CheckResult], list[Drafted]]]
) -> tuple[list[CheckResult], list[Drafted]]:
    """The results of rules about a table that holds these results themselves, and the files that passed them.

    `check` writes the results that it gets into the table and runs the rules on it. That is repeated until it finds what was written,
    which mostly takes one round: `expected` are the results if every rule is met.

    Raises:
        RuntimeError: the results still change after MAX_ROUNDS. A rule on the table then depends on its own result: a defect of ours.
    """
    for _ in range(MAX_ROUNDS):
        found, files = check(expected)
        if found == expected:
            return found, files
        changed = sorted({result.rule_name for result in {*found} ^ {*expected}})
        expected = found
    raise RuntimeError(
        f"the results of {QUALITY} still change after {MAX_ROUNDS} rounds: {'; '.join(changed)}. This is a defect of gongkai."
    )


def suites_of_registers(catalog: Catalog) -> list[Suite]:
    """The rules derived from the descriptors of registers: no row that goes on breaks a rule that quarantines rows (the quarantined
    ones are counted under it), and each row that goes on arrives.
    """
    private = [
        Suite(f"staging.{name}", f"exports/{name}.yaml", (nothing_struck_out(register, catalog.columns),))
        for name, register in catalog.registers.items()
    ]
    return [*register_suites(catalog), *completeness_suites(catalog), *private]


def _with_rows(connection: duckdb.DuckDBPyConnection, suites: Sequence[Suite]) -> list[Suite]:
    """Those about a register that has rows, in staging or in quarantine."""
    filled = {name for (name,) in connection.execute(_FILLED).fetchall()}
    return [suite for suite in suites if suite.table.partition(".")[2] in filled]


@dataclass(frozen=True)
class Gates:
    """The three gates of one warehouse."""

    warehouse: Path
    files: Path
    catalog: Catalog
    guarded: Guards
    say: Callable[[str], None]
    known: KnownResults

    def run(self, suites: Sequence[Suite], names: Collection[str]) -> tuple[list[CheckResult], list[Drafted]]:
        """The results of `suites`, and the files of those datasets of `names` that no critical rule holds back."""
        results = run_suites(self.warehouse, suites, self.guarded, self.say, self.known)
        blocked = {name for result in results if result.severity == CRITICAL and not result.is_met for name in result.datasets}
        drafted = draft(self.warehouse, [self.catalog.datasets[name] for name in sorted({*names} - blocked)], self.files, self.known)
        return [*results, *read_back(self.catalog, drafted, self.files, self.say, self.known)], drafted

    def expected_results(self, suites: Sequence[Suite], dataset: Dataset, other_rows: int) -> list[CheckResult]:
        """The results of a dataset whose table holds `other_rows` and these results themselves, if every rule is met."""
        rules = [(suite, rule) for suite in (*suites, *file_suites(dataset, self.catalog)) for rule in suite.rules]
        return [met(suite, rule, other_rows + len(rules), (dataset.name,)) for suite, rule in rules]
