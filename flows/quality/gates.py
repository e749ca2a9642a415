"""The three gates of a warehouse: what each rule of each gate came to, and the files that passed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.catalog import Catalog, Dataset, load_catalog
from flows.quality.checks import EXPECTATIONS, CheckResult, Guards, guards, met, run_suites
from flows.quality.history import QUALITY
from flows.quality.private_rows import none_left
from flows.quality.register_rules import completeness_suites, register_suites
from flows.quality.release_gate import Drafted, draft, read_back
from flows.quality.results import CRITICAL, write_results
from flows.quality.suites import Suite, file_suites, load_suites
from flows.warehouse.models import load_models, reads_of_marts
from flows.workspace.runner import Runner

_FILLED = """
    select distinct table_name from duckdb_tables() where schema_name in ('staging', 'quarantine') and estimated_size > 0
"""


def pass_gates(warehouse: Path, files: Path, runner: Runner) -> list[Suite]:
    """Every gate for every dataset; then for the one about the checks, which says what came of all the others. Gives all suites."""
    catalog = load_catalog()
    gates = Gates(warehouse, files, catalog, guards(catalog, reads_of_marts(load_models(catalog=catalog))), runner.say)
    shutil.rmtree(files, ignore_errors=True)
    about_checks = gates.catalog.datasets[QUALITY].table
    suites = [*load_suites(gates.catalog, EXPECTATIONS), *_with_rows(warehouse, suites_of_registers(catalog))]
    results, drafted = gates.passed([suite for suite in suites if suite.table != about_checks], {*gates.catalog.datasets} - {QUALITY})
    own = [suite for suite in suites if suite.table == about_checks]
    counts = write_results(warehouse, gates.catalog, results, drafted)
    said = gates.as_if_met(own, gates.catalog.datasets[QUALITY], counts[QUALITY])
    while True:  # it holds rows about itself: what they say must be what is found with them in it, mostly so at once
        write_results(warehouse, gates.catalog, [*results, *said], drafted)
        found, own_files = gates.passed(own, {QUALITY})
        if found == said:
            break
        said = found
    drafted += own_files
    write_results(warehouse, gates.catalog, [*results, *said], drafted)
    return [*suites, *(suite for each in drafted for suite in file_suites(each.dataset, gates.catalog, each.row_count))]


def suites_of_registers(catalog: Catalog) -> list[Suite]:
    """The rules that come out of the descriptors of registers: none of the rows that go on breaks one by which rows are set aside
    (how many did is counted under it), and each row that goes on arrives.
    """
    private = [
        Suite(f"staging.{name}", f"exports/{name}.yaml", (none_left(register, catalog.columns),))
        for name, register in catalog.registers.items()
    ]
    return [*register_suites(catalog), *completeness_suites(catalog), *private]


def _with_rows(warehouse: Path, suites: Sequence[Suite]) -> list[Suite]:
    """Those about a register that has rows, be they set aside."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
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

    def passed(self, suites: Sequence[Suite], names: Collection[str]) -> tuple[list[CheckResult], list[Drafted]]:
        """What came of `suites`, and of the files of those datasets of `names` that no critical rule holds back."""
        results = run_suites(self.warehouse, suites, self.guarded, self.say)
        blocked = {name for result in results if result.severity == CRITICAL and not result.is_met for name in result.datasets}
        drafted = draft(self.warehouse, [self.catalog.datasets[name] for name in sorted({*names} - blocked)], self.files)
        return [*results, *read_back(self.catalog, drafted, self.files, self.say)], drafted

    def as_if_met(self, suites: Sequence[Suite], dataset: Dataset, other_rows: int) -> list[CheckResult]:
        """What will be found of a dataset whose table holds `other_rows` and these very results, if nothing is wrong with it."""
        rules = [(suite, rule) for suite in (*suites, *file_suites(dataset, self.catalog, 0)) for rule in suite.rules]
        return [met(suite, rule, other_rows + len(rules), (dataset.name,)) for suite, rule in rules]
