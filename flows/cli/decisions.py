"""The commands by which a person decides: sources given up, unit names, quarantined rows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.shared import (
    HERE,
    Form,
    WorkspaceOption,
    console,
    example,
    open_workspace,
    report_errors,
)

commands = typer.Typer()


@commands.command(epilog=example("gongkai forget plans", "gongkai forget disclosures/2024 disclosures/2025-01.csv --yes"))
def forget(
    names: Annotated[
        list[str],
        typer.Argument(help="A source, a folder below it, or an address as `ingest` names it: SOURCE/PATH.", metavar="SOURCE|PATH…"),
    ],
    workspace: WorkspaceOption = HERE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where no terminal can be asked.")] = False,
) -> None:
    """登记来源文件不再提供。Say that source files are gone on purpose, so that the next run goes on without them.

    A file that comes back is read again.
    """
    from flows.cli.rendering import print_forgettable
    from flows.privacy.run_log import logged_run
    from flows.sources.forget import forget as verb
    from flows.sources.forget import forgettable

    with report_errors():
        place = open_workspace(workspace)
        with logged_run(place, "forget"):
            print_forgettable(console, found := forgettable(place, names))
            if not yes and not sys.stdin.isatty():
                raise typer.BadParameter("no terminal to ask on: say --yes if these files are meant to be gone", param_hint="--yes")
            if not yes:
                typer.confirm("确属不再提供？ Are they meant to be gone?", abort=True)
            verb(place, [file.path for file in found])
    console.print(f"已登记 {len(found)} 个文件不再提供，下一步 (recorded; next): gongkai refresh", soft_wrap=True)


@commands.command(
    epilog=example("gongkai review --out units.csv", "gongkai review --tasks --out tasks.csv", "gongkai review --take tasks.csv")
)
def review(
    workspace: WorkspaceOption = HERE,
    tasks: Annotated[bool, typer.Option("--tasks", help="Tasks whose reading is not sure, instead of unit names.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write the list to review as CSV.")] = None,
    take: Annotated[Path | None, typer.Option("--take", help="Take the decisions of a filled list.", exists=True, dir_okay=False)] = None,
) -> None:
    """复核单位名称和把握不足的任务。Unit names that no rule matched for sure, and tasks (--tasks) whose reading is not sure: CSV out, decisions in.

    Fill unit_id with a unit's id or none; fill task_decision with right or wrong, and correct the cells of what is wrong.
    """
    from flows.cli.query_rendering import print_query
    from flows.warehouse import review as names
    from flows.warehouse import task_reviews as readings

    with report_errors():
        place = open_workspace(workspace)
        if take:
            taken = (readings.take_task_decisions if readings.is_task_review(take) else names.take_decisions)(place, take)
            console.print(f"已收下 {taken} 条决定，下次 refresh 生效 (decisions taken; they hold from the next refresh)")
        elif out and tasks:
            console.print(f"{readings.write_task_review(place, out)} 项任务待复核 (tasks to review): {out}")
        elif out:
            console.print(f"{names.write_review(place, out)} 个名称待复核 (names to review): {out}")
        else:
            print_query(console, place.warehouse, readings.GLANCE if tasks else names.GLANCE, Form.table.value)
