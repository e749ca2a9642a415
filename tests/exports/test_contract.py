"""A dataset's columns are a promise: what breaks it needs a version step, whose note leaves with the data."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from exports.catalog import Catalog, Column, Dataset, Text, Version
from exports.release.contract import broken_promises
from exports.release.manifest import Release
from tests.exports.conftest import Releasing

NOTE = Version(version=2, note=Text(zh="列有变更", en="columns changed"))


@pytest.fixture
def released(release: Releasing) -> Release:
    return release()


def changed(catalog: Catalog, name: str = "unit_targets", **facts: Any) -> Catalog:
    """The catalog with one dataset changed."""
    dataset = catalog.datasets[name].model_copy(update=facts)
    return replace(catalog, datasets={**catalog.datasets, name: dataset})


def columns_of(dataset: Dataset, name: str, **facts: Any) -> tuple[Column, ...]:
    """The dataset's columns, one of them changed."""
    return tuple(column.model_copy(update=facts) if column.name == name else column for column in dataset.columns)


def test_the_same_descriptors_break_nothing(catalog: Catalog, released: Release) -> None:
    assert broken_promises(catalog, released) == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: {"columns": tuple(column for column in one.columns if column.name != "target_text")}, "target_text 不再有"),
        (lambda one: {"columns": columns_of(one, "target_count", type="string")}, "target_count type integer → string"),
        (lambda one: {"columns": columns_of(one, "target_count", unit="page")}, "target_count unit"),
        (lambda one: {"columns": columns_of(one, "position", required=False)}, "position 可能为空"),
        (lambda _: {"primary_key": ("document_id",)}, "primary key"),
    ],
)
def test_what_breaks_the_promise_is_named_until_the_version_says_so(catalog: Catalog, released: Release, change: Any, said: str) -> None:
    facts = change(catalog.datasets["unit_targets"])
    found = broken_promises(changed(catalog, **facts), released)
    assert found.keys() == {"unit_targets"}
    assert said in found["unit_targets"]
    assert "exports/unit_targets.yaml: versions: [{version: 2" in found["unit_targets"]
    assert broken_promises(changed(catalog, **facts, versions=(NOTE,)), released) == {}


def test_additions_other_words_and_other_codes_break_nothing(catalog: Catalog, released: Release) -> None:
    dataset = catalog.datasets["unit_targets"]
    for columns in (
        (*dataset.columns, catalog.columns["region_code"]),
        dataset.columns[::-1],
        columns_of(dataset, "target_text", description=Text(zh="别的说明", en="other words")),
        columns_of(dataset, "target_count", required=True),
    ):
        assert broken_promises(changed(catalog, columns=columns), released) == {}
    assert (
        broken_promises(replace(catalog, datasets={**catalog.datasets, "new": dataset.model_copy(update={"name": "new"})}), released) == {}
    )


def test_version_and_note_leave_with_the_data_and_a_second_break_needs_a_second_step(release: Releasing, catalog: Catalog) -> None:
    dataset = catalog.datasets["unit_targets"]
    stepped = changed(catalog, versions=(NOTE,))
    made = release(catalog=stepped)
    resources = {entry["name"]: entry for entry in json.loads((made.folder / "datapackage.json").read_text("utf-8"))["resources"]}
    assert resources["unit-targets"]["version"] == 2
    assert resources["unit-targets"]["changeLog"] == [{"version": 2, "note": "列有变更 (columns changed)"}]
    assert resources["units"]["version"] == 1
    again = columns_of(dataset, "target_count", type="string")
    assert "version: 3" in broken_promises(changed(catalog, versions=(NOTE,), columns=again), made)["unit_targets"]
