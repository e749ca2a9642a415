"""The published accuracy is what the reader reaches today, not what it once reached."""

from __future__ import annotations

import pytest

from tests.benchmarks.accuracy import FIRST_MET, LEARNED, SHARED, figures, published


def test_the_published_accuracy_is_the_readers_own() -> None:
    if not (SHARED / "gold").exists():
        pytest.skip("the hand-labelled documents (../shared/gold) are not here: nothing to measure on")
    measured = [{name: str(value) for name, value in row.items()} for row in figures(SHARED / "gold", SHARED / "plans")]
    assert [row for row in published() if row["measured_on"] == LEARNED] == measured, "run: python -m tests.benchmarks.accuracy --write"


def test_what_was_reached_on_documents_never_seen_is_published_first() -> None:
    kinds = [row["measured_on"] for row in published()]
    assert kinds == sorted(kinds, key=[FIRST_MET, LEARNED].index)
    rounds = {row["plan_layout"] for row in published() if row["measured_on"] == FIRST_MET}
    assert len(rounds) >= 3
