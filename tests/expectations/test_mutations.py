"""Every rule of `expectations/` catches its fault: a mutation of good data (mutations.yaml), caught by that rule."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import yaml

from exports.catalog import PROJECT_ROOT, load_catalog
from flows.quality.checks import EXPECTATIONS, CheckResult, guards, run_suites
from flows.quality.suites import load_suites
from tests.conftest import County

MUTATIONS: dict[str, dict[str, str]] = yaml.safe_load((PROJECT_ROOT / "tests/expectations/mutations.yaml").read_text("utf-8"))
NO_DATASETS = replace(load_catalog(), datasets={})
RULES = [(suite.table, rule.name.zh) for suite in load_suites(NO_DATASETS, EXPECTATIONS) for rule in suite.rules]


def check(warehouse: Path, expectations: Path) -> dict[tuple[str, str], CheckResult]:
    results = run_suites(warehouse, load_suites(NO_DATASETS, expectations), guards(NO_DATASETS, {}))
    return {(result.table_name, result.rule_name.split(" (")[0]): result for result in results}


@pytest.fixture(scope="module")
def good(whole_sample: County) -> dict[tuple[str, str], CheckResult]:
    return check(whole_sample.root / "warehouse.duckdb", EXPECTATIONS)


@pytest.fixture
def spoilt(whole_sample: County, tmp_path: Path) -> Iterator[Path]:
    """The sample county's warehouse, to be changed."""
    yield Path(shutil.copyfile(whole_sample.root / "warehouse.duckdb", tmp_path / "spoilt.duckdb"))
    (tmp_path / "spoilt.duckdb").unlink()


def test_the_sample_county_meets_every_critical_rule(good: dict[tuple[str, str], CheckResult]) -> None:
    assert [result for result in good.values() if result.severity == "critical" and not result.is_met] == []
    assert [result for result in good.values() if result.error_text] == []


def test_every_rule_has_its_mutation_and_every_mutation_its_rule() -> None:
    assert {(table, name) for table, names in MUTATIONS.items() for name in names} == set(RULES)


@pytest.mark.parametrize(("table", "name"), RULES, ids=[f"{table}:{number}" for number, (table, _) in enumerate(RULES)])
def test_a_fault_is_caught_by_its_rule(
    spoilt: Path, tmp_path: Path, good: dict[tuple[str, str], CheckResult], table: str, name: str
) -> None:
    with duckdb.connect(spoilt) as connection:
        connection.execute(MUTATIONS[table][name])
    layer, stem = table.split(".")
    alone = tmp_path / "expectations" / layer
    alone.mkdir(parents=True)
    shutil.copy(EXPECTATIONS / layer / f"{stem}.yaml", alone)
    caught = check(spoilt, alone.parent)[table, name]
    assert caught.error_text is None
    assert not caught.is_met
    assert (caught.failed_count or 0) > (good[table, name].failed_count or 0)
