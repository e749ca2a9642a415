"""No row of any register is lost between staging and core."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from exports.catalog import load_catalog
from flows.quality.checks import run_suites
from flows.quality.register_rules import completeness_suites
from tests.conftest import County


def test_a_row_lost_between_staging_and_core_is_found_in_every_register(whole_sample: County, tmp_path: Path) -> None:
    catalog = load_catalog()
    spoilt = Path(shutil.copyfile(whole_sample.root / "warehouse.duckdb", tmp_path / "spoilt.duckdb"))
    with duckdb.connect(str(spoilt)) as connection:
        for name in catalog.records:
            connection.execute(f"delete from core.{name} where rowid = (select max(rowid) from core.{name})")
    results = run_suites(spoilt, completeness_suites(catalog), lambda _: ())
    assert {result.table_name: (result.failed_count, result.severity) for result in results} == {
        f"core.{name}": (1, "critical") for name in catalog.records
    }
    query = "select bool_and(is_met), count(*) from checks.results where rule_name like '登记的每一行都有去处%'"
    assert whole_sample.ask(query) == [(True, len(catalog.records))]
