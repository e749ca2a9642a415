"""What it costs to run the same work in other ways: by the command, under Prefect, on Dask's workers. In turn, in one run.

usage: python -m tests.benchmarks.orchestration sample|files|plans [--number 10000] [--runs 3]

sample   the sample county, everything new: plain functions, `gongkai refresh`, and under Prefect
files    so many files of one record: the plain functions, and under Prefect
plans    so many plan documents: the plain functions, two and four local Dask workers

Each run makes fresh workspaces and starts each way as a process of its own. Quoted are medians of wall clock and of processor time,
and ratios run by run. Under Prefect needs PREFECT_API_URL of a server that runs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from flows.init import make_workspace

GONGKAI = Path(sys.executable).with_name("gongkai")
PLAIN = (
    "import sys; from pathlib import Path; from flows.workspace.runner import quiet; from flows.refresh import refresh; "
    "from flows.workspace.settings import Workspace; refresh(Workspace.open(Path(sys.argv[1])), runner=quiet())"
)
SETTINGS = (
    'jurisdiction: {name: 基准市基准县, code: "990199"}\nas_of: 2026-10-31\nsources: [{name: inbox, kind: KIND, location: inbox/*}]\n'
)
DONE, SOME_REJECTED = 0, 3


@dataclass
class Way:
    """One way of doing the work, and what its runs took."""

    name: str
    command: Callable[[Path], list[str | Path]]
    environment: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def run(self, workspace: Path) -> None:
        began = time.perf_counter()
        environment = {name: value for name, value in os.environ.items() if name != "GONGKAI_DASK"} | self.environment
        with subprocess.Popen(self.command(workspace), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)  # with the processor time of its own children, Dask's local workers
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {DONE, SOME_REJECTED}:
            sys.exit(f"{self.name} failed: {process.returncode}")
        self.seconds.append(time.perf_counter() - began)
        self.processor.append(usage.ru_utime + usage.ru_stime)


def plain(workspace: Path) -> list[str | Path]:
    return [sys.executable, "-c", PLAIN, workspace]


def by_command(workspace: Path) -> list[str | Path]:
    return [GONGKAI, "refresh", "-w", workspace]


def under_prefect(workspace: Path) -> list[str | Path]:
    return [GONGKAI, "refresh", "-w", workspace, "--prefect"]


def ways_of(job: str) -> list[Way]:
    if job == "plans":
        return [Way("plain functions", plain), *(Way(f"dask local:{n}", plain, {"GONGKAI_DASK": f"local:{n}"}) for n in (2, 4))]
    ways = [Way("plain functions", plain), Way("under Prefect", under_prefect)]
    return [ways[0], Way("gongkai refresh", by_command), ways[1]] if job == "sample" else ways


def fresh(job: str, number: int, folder: Path) -> Path:
    """A workspace in which everything is new."""
    if job == "sample":
        make_workspace(folder, sample=True, sources=[])
        return folder
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    (folder / "gongkai.yaml").write_text(SETTINGS.replace("KIND", "disclosures" if job == "files" else "plans"), encoding="utf-8")
    for index in range(number):
        (inbox / f"{index:06}.{'csv' if job == 'files' else 'txt'}").write_text(record(index) if job == "files" else plan(index), "utf-8")
    return folder


def record(index: int) -> str:
    return f"索引号,标题,公开单位,形成日期,公开日期\nJZ{index:08},关于第{index}号事项的公告,第{index % 60}基准服务局,2026-03-0{index % 9 + 1},2026-03-1{index % 9}\n"


def plan(index: int) -> str:
    tasks = (
        f"{item}.公开第{item}项重点工作进展情况，及时更新。（责任单位：第{item}基准服务局；完成时限：2026年{item % 12 + 1}月底）"
        for item in range(1, 61)
    )
    return f"基准县2026年政务公开工作要点（{index}）\n\n" + "\n".join(tasks) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("job", choices=["sample", "files", "plans"])
    arguments.add_argument("--number", type=int, default=10_000)
    arguments.add_argument("--runs", type=int, default=3)
    given = arguments.parse_args()
    ways = ways_of(given.job)
    for _ in range(given.runs):
        for way in ways:
            folder = Path(tempfile.mkdtemp(prefix="gongkai-bench-"))
            try:
                way.run(fresh(given.job, given.number, folder / "workspace"))
            finally:
                shutil.rmtree(folder)
            print(f"{way.name}: {way.seconds[-1]:.1f} s, processor {way.processor[-1]:.1f} s", file=sys.stderr, flush=True)
    for way in ways:
        ratios = [mine / first for mine, first in zip(way.seconds, ways[0].seconds, strict=True)]
        print(f"{way.name} | {median(way.seconds):.1f} | {median(way.processor):.1f} | {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
