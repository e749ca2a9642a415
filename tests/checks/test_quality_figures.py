"""The figures of quality that a release carries, on the sample county."""

from __future__ import annotations

from exports.release import read_release
from flows.check import quality_of
from tests.conftest import County


def test_a_release_says_of_each_dataset_how_many_rules_held_and_how_many_rows_were_set_aside(whole_sample: County) -> None:
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
