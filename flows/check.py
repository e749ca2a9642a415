"""Check: three gates between the next warehouse and the public, what came of them written down, and the warehouse swapped in.

Raw: did the sources keep their shape. Core: does what was made of them make sense. Release: are the files that would leave
what was promised. A dataset that fails a critical rule of any gate keeps its last good release.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.catalog import Catalog, Dataset, load_catalog
from exports.manifest import Quality
from flows.check_results import write_results
from flows.checks import EXPECTATIONS, CheckResult, Guards, guards, met, run_suites
from flows.conductor import Conductor
from flows.data_docs import write_docs
from flows.errors import ConfigurationError, finding
from flows.history import QUALITY
from flows.models import load_models, reads_of_marts
from flows.private_rows import none_left
from flows.register_rules import completeness_suites, register_suites
from flows.release_gate import Drafted, draft, read_back
from flows.settings import Workspace
from flows.suites import Suite, file_suites, load_suites

CRITICAL = "critical"
_FILLED = """
    select distinct table_name from duckdb_tables() where schema_name in ('staging', 'quarantine') and estimated_size > 0
"""


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
    suites = _pass_gates(target, workspace.next_files, conductor)
    target.replace(workspace.warehouse)
    write_docs(workspace, load_catalog(), suites)
    return held_back(workspace.warehouse)


def _pass_gates(warehouse: Path, files: Path, conductor: Conductor) -> list[Suite]:
    """Every gate for every dataset; then for the one about the checks, which says what came of all the others. Gives all suites."""
    catalog = load_catalog()
    gates = Gates(warehouse, files, catalog, guards(catalog, reads_of_marts(load_models(catalog=catalog))), conductor.say)
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


def digests(warehouse: Path) -> dict[str, str]:
    """The files that passed the release gate, by their path in a release, with their SHA-256."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return dict(connection.execute("select file_path, file_sha256 from checks.files").fetchall())


def quality_of(warehouse: Path) -> dict[str, Quality]:
    """For each dataset that any rule concerns: rules, rules not met, and rows set aside from the tables that it rests on."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            """
            with concerned as (
                select unnest(dataset_names) as dataset_name, table_name, is_met from checks.results
            ),
            set_aside as (
                select table_name, estimated_size as row_count from duckdb_tables() where schema_name = 'quarantine'
            ),
            rested_on as (
                select distinct dataset_name, split_part(table_name, '.', 2) as table_name from concerned
            ),
            aside as (
                select dataset_name, sum(row_count) as row_count from rested_on inner join set_aside using (table_name) group by all
            )
            select dataset_name, count(*), count(*) filter (not is_met), coalesce(any_value(row_count), 0)
            from concerned left join aside using (dataset_name)
            group by dataset_name
            """
        ).fetchall()
    return {name: Quality(*map(int, figures)) for name, *figures in rows}


def _require_standing(workspace: Workspace) -> None:
    if not workspace.warehouse.exists():
        raise ConfigurationError(finding(str(workspace.root), "no warehouse", "one to check", "Run: gongkai build"))
