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

import duckdb

from exports.catalog import PROJECT_ROOT, Catalog
from exports.messages import _, listed
from flows.quality.counting import ROW_COUNT, UNEXPECTED_COUNT, Metrics, breaks_none, columns_by_table, count_rules
from flows.quality.gate_names import GATE_TITLES, GATES, Gate
from flows.quality.known_results import KnownResults
from flows.quality.suites import UNEXPECTED_ROWS, Rule, Suite
from flows.warehouse.connection import MEMORY
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
    warehouse: Path,
    suites: Sequence[Suite],
    guarded: Guards,
    progress: Callable[[str], None] = lambda _line: None,
    known: KnownResults | None = None,
) -> list[CheckResult]:
    """The results of suites run on a DuckDB file, gate by gate.

    Args:
        warehouse: the file, opened read-only.
        suites: from `flows.quality.suites.load_suites`, say.
        guarded: names the datasets that rules on a table hold back.
        progress: called with each gate before it is run.
        known: results that are taken over where a rule and its tables are the same.

    Raises:
        ConfigurationError: a rule has arguments that its expectation does not take.
    """
    results: list[CheckResult] = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute(f"set memory_limit = '{MEMORY}'")
        run = _Run(warehouse, connection, columns_by_table(connection), known)
        for gate in GATES:
            placed = [(suite, rule) for suite in suites if suite.gate == gate for rule in suite.rules]
            if not placed:
                continue
            counts = {"rules": len(placed), "tables": len({suite.table for suite, _rule in placed})}
            progress(_("{gate}: {rules} rules, {tables} tables", gate=_(GATE_TITLES[gate]), **counts))
            outcomes = run.outcomes(gate, placed)
            by_table: dict[str, list[CheckResult]] = {}
            for suite, rule in placed:
                outcome = outcomes[_place(suite, rule)]
                by_table.setdefault(suite.table, []).append(_result(gate, suite.table, rule, outcome, guarded(suite.table)))
            results += [result for found in by_table.values() for result in found]
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

    def find_spec(self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
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


def _place(suite: Suite, rule: Rule) -> str:
    """Identifies a rule and its result."""
    return f"{suite.place}: {rule.name.zh}"


def _expectation(gx: ModuleType, suite: Suite, rule: Rule) -> Any:
    """The expectation of a rule, whose place it carries."""
    try:
        return gx.expectation(rule.type, rule.kwargs, {"rule": _place(suite, rule)})
    except ValueError as error:
        place = _("{file}: rule {rule}", file=suite.place, rule=rule.name.zh)
        found = _("{rule} with {arguments}", rule=rule.type, arguments=listed(rule.kwargs) or _("no arguments"))
        raise ConfigurationError(finding(place, found, _("what Great Expectations takes"), _("It says: {error}", error=error))) from error


@dataclass(frozen=True)
class _Run:
    """One run of rules on an open warehouse. Great Expectations is imported where there is something to judge that it has not judged before."""

    warehouse: Path
    connection: duckdb.DuckDBPyConnection
    columns: Mapping[str, Mapping[str, str]]
    known: KnownResults | None

    def outcomes(self, gate: Gate, placed: Sequence[tuple[Suite, Rule]]) -> dict[str, _Outcome]:
        """The outcome of each rule, by its place and name."""
        found = {_place(suite, rule): outcome for suite, rule in placed if (outcome := self._known_outcome(suite.table, rule))}
        asked: dict[str, list[tuple[Suite, Rule]]] = {}
        for suite, rule in placed:
            if _place(suite, rule) not in found:
                asked.setdefault(suite.table, []).append((suite, rule))
        counted: list[tuple[Suite, Rule, Metrics | None]] = []
        for table, pairs in asked.items():
            if table in self.columns:
                metrics = count_rules(self.connection, table, self.columns[table], [rule for _suite, rule in pairs])
                counted += [(*pair, each) for pair, each in zip(pairs, metrics, strict=True)]
        again = {
            _place(suite, rule): outcome for suite, rule, metrics in counted if (outcome := self._judged_before(suite.table, rule, metrics))
        }
        absent = [(suite, rule, None) for table, pairs in asked.items() if table not in self.columns for suite, rule in pairs]
        left = [each for each in counted if _place(*each[:2]) not in again]
        return found | again | self._judged(gate, left, absent)

    def _known_outcome(self, table: str, rule: Rule) -> _Outcome | None:
        known = self.known.result_of(table, rule) if self.known else None
        return _counted(known.checked_count, known.failed_count, is_met=known.is_met) if known else None

    def _judged_before(self, table: str, rule: Rule, metrics: Metrics | None) -> _Outcome | None:
        """The outcome of a rule that was judged before on as many rows that break it: nothing else decides, if these are none."""
        known = self.known.judgement_of(table, rule) if self.known else None
        if known is None or metrics is None:
            return None
        if rule.type == UNEXPECTED_ROWS and known.failed_count == metrics[UNEXPECTED_COUNT]:
            return _counted(metrics[ROW_COUNT], known.failed_count, is_met=known.is_met)
        return _met(rule, metrics.get(ROW_COUNT)) if known.is_met and breaks_none(rule, metrics) else None

    def _judged(
        self, gate: Gate, counted: Sequence[tuple[Suite, Rule, Metrics | None]], absent: Sequence[tuple[Suite, Rule, None]]
    ) -> dict[str, _Outcome]:
        """The outcomes as Great Expectations has them. Rules that cannot be counted are left to a checkpoint."""
        if not counted and not absent:
            return {}
        gx = warm_up()
        outcomes: dict[str, _Outcome] = {}
        left: dict[str, list[Any]] = {}
        for suite, rule, _metrics in absent:
            error = f"仓库中没有此表 (there is no {suite.table} in the warehouse)"
            outcomes[_expectation(gx, suite, rule).meta["rule"]] = _Outcome(is_met=False, result={}, error=error)
        for suite, rule, metrics in counted:
            built = _expectation(gx, suite, rule)
            if metrics is None:
                left.setdefault(suite.table, []).append(built)
            else:
                outcomes[built.meta["rule"]] = _outcome(gx.judge(built, metrics))
        if not left:
            return outcomes
        with gx.open_warehouse(self.warehouse) as opened:
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
    return _result(suite.gate, suite.table, rule, _met(rule, row_count), datasets)


def _met(rule: Rule, row_count: int | None) -> _Outcome:
    return _counted(None, None, is_met=True) if rule.type.startswith("expect_table_") else _counted(row_count, 0, is_met=True)


def _counted(checked: int | None, failed: int | None, *, is_met: bool) -> _Outcome:
    return _Outcome(is_met=is_met, result={"element_count": checked, "unexpected_count": failed})


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
