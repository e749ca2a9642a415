"""The results of rules about the table of results: checked again until they describe themselves, within a bound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.quality.checks import CheckResult
from flows.quality.gates import MAX_ROUNDS, settle

FIRST = CheckResult("core", "marts.data_quality", "行数在常态之内", "warning", "", True, 10, 0, None, ())
SECOND = replace(FIRST, rule_name="主键不重复", severity="critical")


@pytest.mark.parametrize("rounds", [1, 2, MAX_ROUNDS])
def test_results_that_settle_within_the_bound_are_returned(rounds: int) -> None:
    written: list[list[CheckResult]] = []

    def check(said: list[CheckResult]) -> tuple[list[CheckResult], list[object]]:
        written.append(said)
        return [replace(FIRST, failed_count=min(len(written), rounds - 1)), SECOND], []

    found, _ = settle([FIRST, SECOND], check)  # type: ignore[arg-type]  # no files are drafted here
    assert found == written[-1] == [replace(FIRST, failed_count=rounds - 1), SECOND]
    assert len(written) == rounds


def test_results_that_never_settle_are_a_defect_that_names_the_rule() -> None:
    rounds = 0

    def check(said: list[CheckResult]) -> tuple[list[CheckResult], list[object]]:
        nonlocal rounds
        rounds += 1
        return [replace(said[0], is_met=not said[0].is_met), SECOND], []

    with pytest.raises(RuntimeError, match=f"after {MAX_ROUNDS} rounds: 行数在常态之内"):
        settle([FIRST, SECOND], check)  # type: ignore[arg-type]
    assert rounds == MAX_ROUNDS
