"""The commands by which a person decides: sources given up, unit names, quarantined rows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from exports.messages import _, spoken
from flows.cli.shared import (
    HERE,
    Form,
    WorkspaceOption,
    console,
    example,
    open_workspace,
    report_errors,
    wrong_use,
)

commands = typer.Typer()


@commands.command(epilog=example("gongkai forget plans", "gongkai forget disclosures/2024 disclosures/2025-01.csv --yes"))
def forget(
    names: Annotated[
        list[str],
        typer.Argument(
            help="来源、其下的目录，或 ingest 所示的地址：来源/路径。A source, a folder below it, or an address as `ingest` names it: SOURCE/PATH.",
            metavar="SOURCE|PATH…",
        ),
    ],
    workspace: WorkspaceOption = HERE,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="不询问；没有终端可问时须写明。Do not ask; needed where no terminal can be asked.")
    ] = False,
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
                raise wrong_use(_("no terminal to ask on: say --yes if these files are meant to be gone"), "--yes")
            if not yes:
                typer.confirm(spoken(_("Are they meant to be gone?")), abort=True)
            verb(place, [file.path for file in found])
    console.print(_("{count} files recorded as gone, next", count=len(found)) + ": gongkai refresh", soft_wrap=True)


@commands.command(
    epilog=example("gongkai review --out units.csv", "gongkai review --tasks --out tasks.csv", "gongkai review --take tasks.csv")
)
def review(
    workspace: WorkspaceOption = HERE,
    tasks: Annotated[
        bool,
        typer.Option("--tasks", help="复核识读把握不足的任务，而不是单位名称。Tasks whose reading is not sure, instead of unit names."),
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="将待复核清单写为 CSV。Write the list to review as CSV.")] = None,
    take: Annotated[
        Path | None, typer.Option("--take", help="收下已填清单中的决定。Take the decisions of a filled list.", exists=True, dir_okay=False)
    ] = None,
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
            console.print(_("{count} decisions taken; they hold from the next refresh", count=taken))
        elif out and tasks:
            console.print(_("{count} tasks to review", count=readings.write_task_review(place, out)) + f": {out}")
        elif out:
            console.print(_("{count} names to review", count=names.write_review(place, out)) + f": {out}")
        else:
            print_query(console, place.warehouse, readings.GLANCE if tasks else names.GLANCE, Form.table.value)
