"""How fast the plan reader reads text that is already extracted, and whether its cost grows in step with length.

usage: python -m tests.benchmarks.reading [PLAN ...]     (default: the layouts of tests/sources/plans/layouts, and ../shared/plans if there)

CPU seconds of this process, the best of several rounds; MB are those of the UTF-8 text. The last lines give 1, 10 and 100 times the same plan.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from flows.sources.plans import read_plan_text
from flows.sources.plans.text import SourceText, read_text

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 7


def seconds(source: SourceText, rounds: int = ROUNDS) -> float:
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        read_plan_text(source)
        best = min(best, time.process_time() - begun)
    return best


def default_plans() -> list[Path]:
    return sorted((PROJECT_ROOT / "tests" / "sources" / "plans" / "layouts").glob("*.txt")) + sorted(
        (PROJECT_ROOT.parent / "shared" / "plans").glob("*.txt")
    )


def main(paths: list[Path]) -> None:
    size = cost = 0.0
    for path in paths:
        data = path.read_bytes()
        taken = seconds(read_text(data, path.name))
        size, cost = size + len(data), cost + taken
        print(f"{path.stem[:60]:<60} {len(data):>8} B {1000 * taken:>7.2f} ms {len(data) / taken / 1e6:>6.2f} MB/s")
    print(f"{'all':<60} {size:>8.0f} B {1000 * cost:>7.2f} ms {size / cost / 1e6:>6.2f} MB/s")
    whole = b"\n".join(path.read_bytes() for path in paths)
    for times in (1, 10, 100):
        source = read_text((whole + b"\n") * times, "plan.txt")
        print(f"{times:>3} times all plans: {len(whole) * times / seconds(source, 3 if times < 100 else 1) / 1e6:.2f} MB/s")


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]] or default_plans())
