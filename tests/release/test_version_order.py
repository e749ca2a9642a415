"""What is released of a record does not hang on the order of its versions, nor on the files that they come in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.release.order import records, rows_released, spread
from tests.release.test_adversarial_release import SEEDS

pytestmark = pytest.mark.rest

SPREADS = 2


@pytest.mark.parametrize("seed", SEEDS)
def test_every_order_and_split_of_versions_gives_the_same_release(tmp_path: Path, seed: int) -> None:
    several = records(seed)
    released = []
    for number in range(SPREADS):
        workspace = spread(tmp_path / str(number), several, seed * 100 + number)
        assert workspace.refresh("in process") in {0, 3}, workspace.said[-1][1][-3000:]
        released.append(rows_released(workspace))
    assert any(released[0].values()), "nothing was released at all"
    differing = {register: sorted(set(rows) ^ set(other[register])) for other in released[1:] for register, rows in released[0].items()}
    told = [
        f"{register}: {len(rows)} rows are in one release only, such as\n" + "\n".join(map(" ".join, rows[:6]))
        for register, rows in differing.items()
        if rows
    ]
    assert not told, "\n".join(told)
