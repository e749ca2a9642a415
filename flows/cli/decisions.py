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
    from flows.sources.forget import forget as verb
    from flows.sources.forget import forgettable
    from flows.workspace.lock import one_run_at_a_time

    with report_errors():
        place = open_workspace(workspace)
        with one_run_at_a_time(place):
            print_forgettable(console, found := forgettable(place, names))
            if not yes and not sys.stdin.isatty():
                raise typer.BadParameter("no terminal to ask on: say --yes if these files are meant to be gone", param_hint="--yes")
            if not yes:
                typer.confirm("确属不再提供？ Are they meant to be gone?", abort=True)
            verb(place, [file.path for file in found])
    console.print(f"已登记 {len(found)} 个文件不再提供，下一步 (recorded; next): gongkai refresh", soft_wrap=True)


@commands.command(epilog=example("gongkai review --out review.csv", "gongkai review --take review.csv"))
def review(
    workspace: WorkspaceOption = HERE,
    out: Annotated[Path | None, typer.Option("--out", help="Write the list of unit names to review as CSV.")] = None,
    take: Annotated[Path | None, typer.Option("--take", help="Take the decisions of a filled list.", exists=True, dir_okay=False)] = None,
) -> None:
    """复核单位名称。Unit names that no rule matched for sure: CSV out, decisions in; fill unit_id, or write none."""
    from flows.cli.query_rendering import print_query
    from flows.warehouse.review import GLANCE, take_decisions, write_review

    with report_errors():
        place = open_workspace(workspace)
        if take:
            console.print(
                f"已收下 {take_decisions(place, take)} 条决定，下次 refresh 生效 (decisions taken; they hold from the next refresh)"
            )
        elif out:
            console.print(f"{write_review(place, out)} 个名称待复核 (names to review): {out}")
        else:
            print_query(console, place.warehouse, GLANCE, Form.table.value)
