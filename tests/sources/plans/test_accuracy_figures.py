"""The published accuracy is what the reader reaches today, not what it once reached."""

from __future__ import annotations

import csv

import pytest

from tests.benchmarks.accuracy import FIGURES, SHARED, figures


def test_the_published_accuracy_is_the_readers_own() -> None:
    if not (SHARED / "gold").exists():
        pytest.skip("the hand-labelled documents (../shared/gold) are not here: nothing to measure on")
    with FIGURES.open(encoding="utf-8", newline="") as stream:
        published = list(csv.DictReader(stream))
    measured = [{name: str(value) for name, value in row.items()} for row in figures(SHARED / "gold", SHARED / "plans")]
    assert published == measured, "run: python -m tests.benchmarks.accuracy --write"
