"""The whole pipeline against its floor, in turn, in one run: what do checks, lineage and the release cost?

usage: python -m tests.benchmarks.pipeline [--rows 1000000] [--runs 3] [--write]

Each run makes a fresh workspace with the same records and runs, each as a process of its own, `gongkai refresh` and the hand-written
DuckDB script of floor.py. Quoted are medians and the median of the ratios, pair by pair. --write puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.generate import make_workspace

HERE = Path(__file__).resolve().parent
PROJECT_ROOT = HERE.parent.parent
PAGE = PROJECT_ROOT / "docs" / "performance.md"


def timed(script: str, *words: str | Path) -> tuple[float, str, float]:
    """Seconds, output and peak memory (MB) of one script of this folder as a whole process."""
    began = time.perf_counter()
    order = [sys.executable, "-m", f"tests.benchmarks.{script}", *words]
    with subprocess.Popen(order, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{script} failed")
    return time.perf_counter() - began, output, usage.ru_maxrss / 1024


def one_pair(rows: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="gongkai-bench-"))
    try:
        workspace = make_workspace(folder / "workspace", rows)
        floor, _, floor_mb = timed("floor", workspace)
        whole, output, _ = timed("measured", workspace)  # which counts its peak anew for each stage
        return {"floor": floor, "floor_mb": floor_mb, "whole": whole, "stages": json.loads(output.splitlines()[-1])}
    finally:
        shutil.rmtree(folder)


def table(rows: int, pairs: list[dict[str, Any]]) -> str:
    floor = median(pair["floor"] for pair in pairs)
    ratios = [pair["whole"] / pair["floor"] for pair in pairs]
    lines = [
        f"{rows:,} disclosure records, {len(pairs)} pairs of runs, {os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}",
        "",
        "| stage | seconds | of the floor | peak memory, MB |",
        "|---|---:|---:|---:|",
    ]
    for index, stage in enumerate(pairs[0]["stages"]):
        seconds = median(pair["stages"][index]["seconds"] for pair in pairs)
        peak = max(pair["stages"][index]["peak_mb"] for pair in pairs)
        lines.append(f"| {stage['stage']} | {seconds:.2f} | {seconds / floor:.2f} | {peak:,.0f} |")
    whole = median(pair["whole"] for pair in pairs)
    lines += [
        f"| **whole process** | **{whole:.2f}** | **{median(ratios):.2f}** | **{max(stage['peak_mb'] for pair in pairs for stage in pair['stages']):,.0f}** |",
        f"| floor (one DuckDB script) | {floor:.2f} | 1 | {max(pair['floor_mb'] for pair in pairs):,.0f} |",
        "",
        f"Ratio pair by pair: {min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f}.",
    ]
    return "\n".join(lines)


def write(part: str, text: str) -> None:
    """Put a table into its part of docs/performance.md."""
    start, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    before, _, rest = PAGE.read_text("utf-8").partition(start)
    PAGE.write_text(f"{before}{start}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    given = arguments.parse_args()
    pairs = []
    for number in range(given.runs):
        pairs.append(one_pair(given.rows))
        print(f"run {number + 1}: whole {pairs[-1]['whole']:.2f} s, floor {pairs[-1]['floor']:.2f} s", file=sys.stderr, flush=True)
    text = table(given.rows, pairs)
    print(text)
    if given.write:
        write("pipeline", text)


if __name__ == "__main__":
    main()
