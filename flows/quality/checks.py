"""Runs every rule of `flows.quality.suites` on a warehouse, inside DuckDB, and names the datasets that each guards.

No row is fetched and no value of the data is in a result: only counts are reported.
"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from exports.catalog import PROJECT_ROOT, Catalog
from flows.quality.counting import columns_by_table, count_rules
from flows.quality.gate_names import GATE_TITLES, GATES, Gate
from flows.quality.suites import Rule, Suite
from flows.workspace.errors import ConfigurationError, finding

EXPECTATIONS = PROJECT_ROOT / "expectations"
GX = "flows.quality.gx_duckdb"
# Great Expectations loads these for distribution tests and charts: two fifths of its import time, and 80 MB.
RARELY_USED = ("scipy.stats", "altair")
# Errors that DuckDB and Great Expectations raise before they read a row. Others may quote values.
FOUND_BEFORE_READING = re.compile(
    r'(?:Parser|Binder|Catalog) Error: [^\n]+|[Cc]olumn "[^"\n]+" in BatchData does not exist|cannot be computed on column of type \w+'
)
KIND_OF_FAULT = re.compile(r"\b[A-Z]\w+(?: \w+)? Error\b")

Guards = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True)
class CheckResult:
    """The result of one rule. `error_text` is set where the rule itself could not be run: that says nothing of the data.

    `datasets` are those whose release the rule guards: the mart it checks, or every mart that reads its table.
    """

    gate: Gate
    table_name: str
    rule_name: str
    severity: str
    rule_why: str
    is_met: bool
    checked_count: int | None
    failed_count: int | None
    error_text: str | None
    datasets: tuple[str, ...]


def guards(catalog: Catalog, reads: Mapping[str, frozenset[str]]) -> Guards:
    """The datasets that a rule on a table holds back: the mart itself, or every mart that reads the table by `reads` (mart -> tables)."""

    def guarded(table: str) -> tuple[str, ...]:
        return tuple(dataset.name for dataset in catalog if dataset.table == table or table in reads.get(dataset.table, frozenset()))

    return guarded


def run_suites(
    warehouse: Path, suites: Sequence[Suite], guarded: Guards, progress: Callable[[str], None] = lambda _: None
) -> list[CheckResult]:
    """The results of suites run on a DuckDB file, gate by gate.

    Args:
        warehouse: the file, opened read-only.
        suites: from `flows.quality.suites.load_suites`, say.
        guarded: names the datasets that rules on a table hold back.
        progress: called with each gate before it is run.

    Raises:
        ConfigurationError: a rule has arguments that its expectation does not take.
    """
    gx = warm_up()
    results: list[CheckResult] = []
    with gx.open_warehouse(warehouse) as opened:
        columns = columns_by_table(opened.connection)
        for gate in GATES:
            by_table: dict[str, list[tuple[Rule, Any]]] = {}
            for suite in suites:
                if suite.gate == gate:
                    by_table.setdefault(suite.table, []).extend(zip(suite.rules, _expectations(gx, suite), strict=True))
            if not by_table:
                continue
            progress(f"{GATE_TITLES[gate]}: {sum(map(len, by_table.values()))} rules, {len(by_table)} tables")
            outcomes = _outcomes(gx, opened, gate, by_table, columns)
            results += [
                _result(gate, table, rule, outcomes[built.meta["rule"]], guarded(table))
                for table, checks in by_table.items()
                for rule, built in checks
            ]
    return results


def warm_up() -> ModuleType:
    """Import Great Expectations (`flows.quality.gx_duckdb`): a second and a half that can pass in a thread while DuckDB builds."""
    if known := sys.modules.get(GX):
        return known
    with _without_collection(), _import_lazily(RARELY_USED):
        return import_module(GX)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Collect no garbage meanwhile, and never look through what is made meanwhile: a few hundred thousand objects that all stay.

    To look through them again and again took a quarter of the import, and as long again in a check of a small county.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


class _LazyImports:
    """Finds the named modules as usual, and has them executed at the first use of one of their names."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(self, name: str, path: Sequence[str] | None, _: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path) if name in self._names else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def _import_lazily(names: Sequence[str]) -> Iterator[None]:
    finder = _LazyImports(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@dataclass(frozen=True)
class _Outcome:
    """`result` is Great Expectations' own, without values; None where the rule could not be run."""

    is_met: bool
    result: Mapping[str, Any]
    error: str | None = None


def _expectations(gx: ModuleType, suite: Suite) -> list[Any]:
    """The expectations of a suite; each carries the place and name of its rule, which identify its result."""
    built = []
    for rule in suite.rules:
        try:
            built.append(gx.expectation(rule.type, rule.kwargs, {"rule": f"{suite.place}: {rule.name.zh}"}))
        except ValueError as error:
            place = f"{suite.place}: rule {rule.name.zh}"
            found = f"{rule.type} with {', '.join(rule.kwargs) or 'no arguments'}"
            raise ConfigurationError(finding(place, found, "what Great Expectations takes", f"It says: {error}")) from error
    return built


def _outcomes(
    gx: ModuleType, opened: Any, gate: Gate, checks: Mapping[str, Sequence[tuple[Rule, Any]]], columns: Mapping[str, Mapping[str, str]]
) -> dict[str, _Outcome]:
    """The outcome of each rule, by its place and name. Rules that cannot be counted are left to a checkpoint."""
    outcomes: dict[str, _Outcome] = {}
    left: dict[str, list[Any]] = {}
    for table, pairs in checks.items():
        if table not in columns:
            absent = _Outcome(is_met=False, result={}, error=f"仓库中没有此表 (there is no {table} in the warehouse)")
            outcomes |= {built.meta["rule"]: absent for _, built in pairs}
            continue
        counted = count_rules(opened.connection, table, columns[table], [rule for rule, _ in pairs])
        for (_, built), metrics in zip(pairs, counted, strict=True):
            if metrics is None:
                left.setdefault(table, []).append(built)
            else:
                outcomes[built.meta["rule"]] = _outcome(gx.judge(built, metrics))
    return outcomes | _checkpoint_outcomes(opened, gate, left)


def _checkpoint_outcomes(opened: Any, gate: Gate, left: Mapping[str, Sequence[Any]]) -> dict[str, _Outcome]:
    """The outcomes of expectations that Great Expectations counts by itself, by table.

    It computes many counts in one query: a rule that cannot be run fails its neighbours too. So those are run again, each alone.
    """
    outcomes = _run(opened, gate, [(table, table, checks) for table, checks in left.items()])
    broken = [(table, each) for table, checks in left.items() for each in checks if outcomes[each.meta["rule"]].error is not None]
    alone = [(f"{table}, rule {number}", table, [each]) for number, (table, each) in enumerate(broken, start=1)]
    return outcomes | _run(opened, f"{gate}, rule by rule", alone)


def _run(opened: Any, checkpoint: str, suites: Sequence[tuple[str, str, Sequence[Any]]]) -> dict[str, _Outcome]:
    """The outcomes by the rule's place and name."""
    results = opened.run(checkpoint, suites) if suites else ()
    return {result.expectation_config.meta["rule"]: _outcome(result) for result in results}


def _outcome(result: Any) -> _Outcome:
    error = _error_text(result.exception_info)
    return _Outcome(is_met=bool(result.success) and error is None, result=result.result, error=error)


def _result(gate: Gate, table: str, rule: Rule, outcome: _Outcome, datasets: tuple[str, ...]) -> CheckResult:
    return CheckResult(
        gate=gate,
        table_name=table,
        rule_name=str(rule.name),
        severity=rule.severity,
        rule_why=str(rule.why),
        is_met=outcome.is_met,
        checked_count=outcome.result.get("element_count"),
        failed_count=outcome.result.get("unexpected_count"),
        error_text=outcome.error,
        datasets=datasets,
    )


def met(suite: Suite, rule: Rule, row_count: int, datasets: tuple[str, ...]) -> CheckResult:
    """The result of a rule that holds on a table of that many rows. Rules about the table as a whole check no row."""
    checked, failed = (None, None) if rule.type.startswith("expect_table_") else (row_count, 0)
    return _result(
        suite.gate, suite.table, rule, _Outcome(is_met=True, result={"element_count": checked, "unexpected_count": failed}), datasets
    )


def _error_text(info: Mapping[str, Any]) -> str | None:
    """Why an expectation could not be run, or None where it was."""
    entries = [info] if "raised_exception" in info else list(info.values())
    return next((_safe_message(str(entry["exception_message"])) for entry in entries if entry["raised_exception"]), None)


def _safe_message(message: str) -> str:
    """The part of an error that may be shown: all of one raised before any row was read, of others only the kind."""
    if safe := FOUND_BEFORE_READING.search(message):
        return f"规则无法执行 (the rule could not be run): {safe[0]}"
    kind = KIND_OF_FAULT.search(message)
    return f"规则执行中断 (the rule broke off): {kind[0] if kind else 'unknown error'}; run its SQL on the warehouse to see where"
