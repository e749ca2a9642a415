"""The eight real plans with hand-made answers, where they lie beside the project: what was reached must not be lost."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flows.sources.plans import read_plan

SHARED = Path(__file__).resolve().parents[4] / "shared"
FLOOR = 0.998  # all figures stood at 1.000 when this was written; the issue asks for 0.98 each and 0.99 on average

pytestmark = pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="the real plans (../shared) are not part of this repository")


def test_the_scorer_finds_nothing_lost_on_the_real_plans(tmp_path: Path) -> None:
    for path in sorted((SHARED / "plans").glob("*.txt")):
        answer = read_plan(path.read_bytes(), path.name).as_answer()
        (tmp_path / f"{path.stem}.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
    scored = subprocess.run(
        [sys.executable, SHARED / "gold" / "score_plans.py", SHARED / "gold" / "plans", tmp_path, "--worst", "8"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    figures = next(line for line in scored.splitlines() if line.startswith("all "))
    columns = [float(figure) for figure in re.findall(r"\d\.\d{3}", figures)]
    assert len(columns) == 8, scored
    assert min(columns) >= FLOOR, scored


def test_each_quote_of_the_real_plans_stands_at_its_place() -> None:
    for path in sorted((SHARED / "plans").glob("*.txt")):
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        for task in read_plan(path.read_bytes(), path.name).as_answer()["tasks"]:
            assert text[task["char_start"] : task["char_end"]] == task["quote"], path.name
