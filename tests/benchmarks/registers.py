"""Ten million disclosures and a million events of requests: read, and every table built in one pass. How long, and with how much memory?

usage: python -m tests.benchmarks.registers [--rows 10000000] [--events 1000000] [--write]

Each stage, the making of the files too, runs in a process of its own, whose peak memory the system reports (it hands a parent's peak
down to its children: so the parent must stay small). --write puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import tempfile
import time
from pathlib import Path

import duckdb

from flows.build import build
from flows.ingest import ingest
from flows.orchestration.local import LocalRunner
from flows.workspace.settings import Workspace
from tests.benchmarks.generate import UNITS, make_workspace
from tests.benchmarks.pipeline import timed, write

VERBS = {"ingest": ingest, "build": build}
MAKE = "make"
EVENTS_A_REQUEST = 5


def add_events(workspace: Path, events: int) -> None:
    """Requests of five events each, every third corrected, every third with a third party, every seventh late or never answered."""
    with (workspace / "gongkai.yaml").open("a", encoding="utf-8") as settings:
        settings.write("  - {name: requests, kind: request_events, location: inbox/requests.csv}\n")
    with duckdb.connect() as connection:
        connection.execute(f"copy ({_events(events // EVENTS_A_REQUEST)}) to '{workspace / 'inbox' / 'requests.csv'}' (header)")


def _events(requests: int) -> str:
    return f"""
        with requests as (
            select i, cast(hash(i) >> 1 as bigint) as h, date '2025-01-01' + cast(cast(hash(i) >> 1 as bigint) % 600 as integer) as began
            from range({requests}) as r(i)
        ),
        steps as (select *, unnest([0, 1, 2, 3, 4]) as step from requests)
        select
            'YSQ' || i as 登记编号,
            case step when 0 then '收到' when 4 then '答复'
                when 1 then case i % 3 when 0 then '告知补正' when 1 then '征求第三方意见' else '双方确认' end
                when 2 then case i % 3 when 0 then '补正' when 1 then '第三方答复' else '延期' end
                else case i % 3 when 0 then '延期' when 1 then '征求共同制作机关意见' else '收费通知' end end as 环节,
            began + case step when 0 then 0 when 4 then 25 + cast(h % case when i % 7 = 0 then 60 else 12 end as integer)
                else step * 5 + cast(h % 3 as integer) end as 日期,
            '第' || (1 + h % {UNITS}) || '基准服务局' as 受理单位,
            ['当面', '邮寄', '网络', '传真'][1 + h % 4] as 申请方式,
            ['自然人', '商业企业', '科研机构', '法律服务机构'][1 + h % 4] as 申请人类型,
            case when step = 4 then ['予以公开', '部分公开', '信息不存在', '国家秘密'][1 + h % 4] end as 答复结果
        from steps
    """


def stage(verb: str, workspace: Path, rows: int, events: int) -> None:
    """Run one verb, here and alone."""
    if verb == MAKE:
        make_workspace(workspace, rows)
        add_events(workspace, events)
    else:
        VERBS[verb](Workspace.open(workspace), runner=LocalRunner())


def measure(verb: str, workspace: Path, rows: int, events: int) -> tuple[float, float]:
    """Seconds and peak memory (MB) of one verb in a process of its own."""
    seconds, _, peak = timed("registers", "--stage", verb, workspace, "--rows", str(rows), "--events", str(events))
    return seconds, peak


def counts(workspace: Path) -> dict[str, int]:
    tables = ("core.disclosures", "marts.disclosures", "core.request_events", "core.requests", "core.receipts", "core.findings")
    with duckdb.connect(str(workspace / ".next" / "warehouse.duckdb"), read_only=True) as connection:
        return {table: connection.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables}


def table(rows: int, events: int, measured: dict[str, tuple[float, float]], counted: dict[str, int]) -> str:
    machine = f"{os.cpu_count()} cores (load {os.getloadavg()[0]:.1f}), Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"
    lines = [
        f"{rows:,} disclosure records and {events:,} events of requests, {machine}",
        "",
        "| stage | seconds | peak memory, MB |",
        "|---|---:|---:|",
        *(f"| {verb} | {seconds:.1f} | {peak:,.0f} |" for verb, (seconds, peak) in measured.items()),
        "",
        "Rows: " + ", ".join(f"`{name}` {count:,}" for name, count in counted.items()) + ".",
    ]
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--events", type=int, default=1_000_000)
    arguments.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    arguments.add_argument("--stage", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.stage:
        stage(given.stage[0], Path(given.stage[1]), given.rows, given.events)
        return
    folder = Path(tempfile.mkdtemp(prefix="gongkai-bench-"))
    try:
        workspace = folder / "workspace"
        measure(MAKE, workspace, given.rows, given.events)
        measured = {verb: measure(verb, workspace, given.rows, given.events) for verb in VERBS}
        text = table(given.rows, given.events, measured, counts(workspace))
    finally:
        shutil.rmtree(folder)
    print(json.dumps({verb: peak for verb, (_, peak) in measured.items()}))
    print(text)
    if given.write:
        write("registers", text)


if __name__ == "__main__":
    main()
