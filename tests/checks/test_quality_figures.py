"""The quality figures of a release, on the sample county."""

from __future__ import annotations

from exports.release.manifest import read_release
from flows.quality.results import quality_of
from tests.conftest import County


def test_a_release_reports_for_each_dataset_rules_met_and_rows_quarantined(whole_sample: County) -> None:
    figures = quality_of(whole_sample.root / "warehouse.duckdb")
    release = read_release(whole_sample.latest)
    assert {dataset.name: dataset.quality for dataset in release.datasets if dataset.carried_over_from is None} == {
        dataset.name: figures.get(dataset.name) for dataset in release.datasets if dataset.carried_over_from is None
    }
    ((rules, failed),) = whole_sample.ask(
        "select count(*), count(*) filter (not is_met) from checks.results where list_contains(dataset_names, 'disclosures')"
    )
    ((set_aside,),) = whole_sample.ask("select count(*) from quarantine.disclosures")
    assert figures["disclosures"].rules == rules > 0
    assert figures["disclosures"].rules_not_met == failed
    assert figures["disclosures"].rows_set_aside >= set_aside


def test_rows_set_aside_by_rules_out_of_a_descriptor_are_counted_under_their_rule(whole_sample: County) -> None:
    """In the results, and in the released dataset: required cells are in no file of expectations/."""
    broken = whole_sample.ask(
        "select rule_name, count(*) from (select unnest(broken_rules) as rule_name from quarantine.disclosures) group by 1 order by 1"
    )
    assert len(broken) > 1
    of_register = "table_name = 'staging.disclosures' and quarantined_count > 0"
    counted = f"select rule_name, quarantined_count from checks.results where {of_register} order by 1"
    assert whole_sample.ask(counted) == broken
    released = f"select distinct rule_name, quarantined_count from '{whole_sample.latest}/data/data-quality.parquet' where {of_register} order by 1"
    assert whole_sample.ask(released) == broken
