"""What a county of five small files costs from nothing, in seconds of processor time, verb by verb.

usage: python -m tests.benchmarks.small [--verbs ingest,build] [--profile build]

Processor time and not the clock: it says the same on a busy machine, nearly. Imports are done before the first verb; --profile prints
where the time of one verb goes, by processor time too.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd  # noqa: F401 - DuckDB imports it with the first parameter of a query

from flows.build import build
from flows.check import check
from flows.ingest import ingest
from flows.orchestration.local import LocalRunner
from flows.release import release
from flows.workspace.settings import Workspace

VERBS: dict[str, Callable[..., Any]] = {"ingest": ingest, "build": build, "check": check, "release": release}
SETTINGS = """jurisdiction: {name: 澜泽市栖川县, code: "990101"}
as_of: 2026-10-31
sources:
  - {name: plans, kind: plans, location: inbox/plans/**}
  - {name: units, kind: units, location: inbox/units/**}
  - {name: disclosures, kind: disclosures, location: inbox/disclosures/**, when_absent: {disclosure_attribute: 主动公开}}
"""
PLAN = """栖川县2026年政务公开工作要点
一、工作任务
（一）加强政策解读。各单位于2026年9月底前完成。责任单位：县财政局
（二）公开预算决算。牵头单位：县财政局，配合单位：县民政局。完成时限：2026年6月底前
"""
ROWS = 20


def make_county(root: Path) -> Workspace:
    """A workspace of one plan, one list of units and three files of disclosures."""
    rows = {
        unit: "".join(f"{number}-{row},公告{number}{row},{unit},2026-0{number}-02,2026-0{number}-20\n" for row in range(ROWS))
        for number, unit in enumerate(("县财政局", "县民政局", "县教育局"), start=3)
    }
    files = {"plans/2026.txt": PLAN, "units/units.csv": "单位名称\n" + "".join(f"{unit}\n" for unit in rows)}
    files |= {f"disclosures/{n}.csv": f"索引号,标题,公开单位,形成日期,公开日期\n{text}" for n, text in enumerate(rows.values())}
    for path, text in files.items():
        target = root / "inbox" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    (root / "gongkai.yaml").write_text(SETTINGS, "utf-8")
    return Workspace.open(root)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--verbs", default=",".join(VERBS))
    arguments.add_argument("--profile", choices=VERBS)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_county(Path(folder))
        for name in given.verbs.split(","):
            profile = cProfile.Profile(time.process_time)
            began = time.process_time()
            if name == given.profile:
                profile.runcall(VERBS[name], workspace, runner=LocalRunner())
                pstats.Stats(profile).sort_stats("cumtime").print_stats(40)
            else:
                VERBS[name](workspace, runner=LocalRunner())
            print(f"{name}: {time.process_time() - began:.2f} s of processor time")


if __name__ == "__main__":
    main()
