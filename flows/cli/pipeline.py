"""The commands of the pipeline, from a new workspace to the portal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exports.messages import N_, _, arranged, joined
from flows.cli.shared import (
    FAILED,
    HERE,
    INCOMPLETE,
    AcceptLossOption,
    JsonOption,
    QuietOption,
    VerboseOption,
    WorkspaceOption,
    console,
    example,
    make_runner,
    open_workspace,
    report_errors,
    run_verb,
    wrong_use,
)
from flows.workspace import help_texts
from flows.workspace.interval import Every

if TYPE_CHECKING:
    from flows.reports.summary import Summary

commands = typer.Typer()
NO_PORTAL = N_("no portal is set: the release folder is the portal")


@commands.command(epilog=example("gongkai init demo --sample", "gongkai init town -s 'plans=/data/plans/*.txt'"))
def init(
    folder: Annotated[Path, typer.Argument(help="新工作区的目录。Folder of the new workspace.")] = HERE,
    sample: Annotated[
        bool, typer.Option("--sample", help="附虚构示例县的报送目录，供试用。With an invented county's inbox, to try everything out.")
    ] = False,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            "-s",
            help="以 类型=路径、通配符或网址 代替报送目录，可重复。KIND=PATH, GLOB or URL instead of the inbox folders; may be repeated.",
        ),
    ] = None,
) -> None:
    """新建工作区。Make a workspace: inbox folders and a settings file."""
    from flows.init import make_workspace

    with report_errors():
        make_workspace(folder, sample=sample, sources=source or [])
        made, then = _("Workspace made") + f": {folder}", _("Next") + f": gongkai refresh -w {folder}"
        console.print(arranged("{made}。{then}", made=made, then=then), markup=False, soft_wrap=True)


@commands.command(epilog=example("gongkai refresh", "gongkai refresh -w demo --no-publish", "gongkai refresh --plan", "gongkai refresh -q"))
def refresh(
    workspace: WorkspaceOption = HERE,
    verbose: VerboseOption = False,
    publish: Annotated[bool, typer.Option(help=help_texts.TO_PORTAL)] = True,
    prefect: Annotated[
        bool,
        typer.Option(
            "--prefect", help="在 PREFECT_API_URL 所指的 Prefect 中显示本次运行。Show the run in the Prefect that PREFECT_API_URL names."
        ),
    ] = False,
    accept_loss: AcceptLossOption = None,
    as_json: JsonOption = False,
    plan: Annotated[bool, typer.Option("--plan", help=help_texts.REFRESH_PLAN)] = False,
    quiet: QuietOption = False,
) -> None:
    """全流程：读取、建库、校验、发布。All of it: ingest, build, check, release, publish."""
    from flows.cli.as_json import print_json, summary_as_json
    from flows.cli.rendering import print_lines_to_act_on, print_summary

    if plan:
        print_plan_of(workspace, verbose)
        return
    if quiet and verbose:
        raise wrong_use(_("only one of --quiet and --verbose"), "--quiet")
    with report_errors():
        summary = run_refresh(workspace, verbose, publish, prefect, accept_loss or [], quiet=quiet)
        if as_json:
            print_json(summary_as_json(summary))
        else:
            (print_lines_to_act_on if quiet else print_summary)(console, summary)
    raise typer.Exit(0 if summary.is_clean else INCOMPLETE)


@commands.command(epilog=example("gongkai refresh-all /srv/gongkai/*", "GONGKAI_DASK=local:4 gongkai refresh-all a b c"))
def refresh_all(
    workspaces: Annotated[list[str], typer.Argument(help=help_texts.WORKSPACES)],
    verbose: VerboseOption = False,
    publish: Annotated[bool, typer.Option(help=help_texts.TO_PORTAL)] = True,
) -> None:
    """刷新多个工作区。Refresh many workspaces, each as if by itself; side by side where GONGKAI_DASK says how."""
    from flows.privacy.redaction import redacted
    from flows.refresh import refresh_all as verb
    from flows.workspace.settings import workspaces_at

    with report_errors():
        done = verb(workspaces_at(workspaces), runner=make_runner(verbose), to_portal=publish)
    for one in done:
        state = "" if one.is_clean else " (" + _("incomplete") + ")"
        what = redacted(one.error or (one.release or _("no release")) + state)
        console.print(f"{one.workspace}: " + what, markup=False, highlight=False, soft_wrap=True)
    failed = any(one.error for one in done)
    raise typer.Exit(FAILED if failed else 0 if all(one.is_clean for one in done) else INCOMPLETE)


@commands.command(epilog=example("gongkai backfill --from 2026-01-31 --to 2026-10-31 --every month"))
def backfill(
    first: Annotated[datetime, typer.Option("--from", help=help_texts.FIRST_DAY, formats=["%Y-%m-%d"])],
    workspace: WorkspaceOption = HERE,
    last: Annotated[datetime | None, typer.Option("--to", help=help_texts.LAST_DAY, formats=["%Y-%m-%d"])] = None,
    every: Annotated[Every, typer.Option("--every", help=help_texts.EVERY)] = Every.month,
    verbose: VerboseOption = False,
) -> None:
    """补发历史日期的发布包。Releases of past days, in a series of their own: backfill/."""
    from flows.backfill import backfill as verb

    made = run_verb(verb, workspace, verbose, first=first.date(), last=last.date() if last else None, every=every)
    for one in made:
        console.print(f"{one.as_of} {one.name}", highlight=False)


@commands.command(epilog=example("gongkai ingest -v"))
def ingest(workspace: WorkspaceOption = HERE, verbose: VerboseOption = False, as_json: JsonOption = False) -> None:
    """读取有变化的来源文件；有退回或够不着的以 3 结束。Read what changed into the raw store; 3 where a source was rejected or out of reach."""
    from flows.cli.as_json import ingested_as_json, print_json
    from flows.cli.rendering import print_ingested
    from flows.ingest import ingest as verb

    done = run_verb(verb, workspace, verbose)
    print_json(ingested_as_json(done)) if as_json else print_ingested(console, done)
    if done.unreachable or done.rejected or done.refused:
        raise typer.Exit(INCOMPLETE)


@commands.command(epilog=example("gongkai build"))
def build(workspace: WorkspaceOption = HERE, verbose: VerboseOption = False) -> None:
    """由原始库重建数据仓库。Build the next warehouse from the raw store; `check` puts it in place."""
    from flows.build import build as verb

    run_verb(verb, workspace, verbose)
    console.print(_("built; run") + ": gongkai check")


@commands.command(epilog=example("gongkai check", "gongkai check --again"))
def check(
    workspace: WorkspaceOption = HERE,
    verbose: VerboseOption = False,
    again: Annotated[bool, typer.Option("--again", help=help_texts.AGAIN)] = False,
    as_json: JsonOption = False,
) -> None:
    """校验数据仓库。Hold the warehouse against every expectation and put it in place."""
    from flows.check import check as verb
    from flows.cli.as_json import checks_as_json, print_json
    from flows.cli.rendering import print_checks
    from flows.reports.summary import summarize

    blocked = run_verb(verb, workspace, verbose, again=again)
    with report_errors():
        summary = summarize(open_workspace(workspace))
        print_json(checks_as_json(summary)) if as_json else print_checks(console, summary)
    raise typer.Exit(INCOMPLETE if blocked else 0)


@commands.command(epilog=example("gongkai release", "gongkai release --accept-loss disclosures"))
def release(workspace: WorkspaceOption = HERE, verbose: VerboseOption = False, accept_loss: AcceptLossOption = None) -> None:
    """生成开放数据发布包。Write the release: Parquet, CSV, catalogs, manifest."""
    from exports.catalog import load_catalog
    from flows.cli.rendering import print_losses
    from flows.quality.loss_explanations import explain_losses
    from flows.release import release as verb

    done = run_verb(verb, workspace, verbose, accept_loss=accept_loss or [])
    print_losses(console, losses := explain_losses(open_workspace(workspace), load_catalog(), done))
    line = arranged("{release}，{count}", release=_("Release") + f": {done.folder}", count=_("{count} datasets", count=len(done.datasets)))
    console.print(line, markup=False, soft_wrap=True)
    raise typer.Exit(INCOMPLETE if losses else 0)


@commands.command(epilog=example("CKAN_API_TOKEN=… gongkai publish --plan", "CKAN_API_TOKEN=… gongkai publish"))
def publish(
    workspace: WorkspaceOption = HERE,
    verbose: VerboseOption = False,
    plan: Annotated[bool, typer.Option("--plan", help=help_texts.PLAN_ONLY)] = False,
    yes: Annotated[bool, typer.Option("--yes", help=help_texts.BIG_CHANGES)] = False,
    full: Annotated[bool, typer.Option("--full", help=help_texts.COMPARE_ALL)] = False,
) -> None:
    """发布到 CKAN 门户。Bring the CKAN portal to the latest release."""
    from exports.ckan.report import PortalPlan
    from flows.privacy.redaction import redacted
    from flows.publication.portal import plan_publication
    from flows.publish import publish as verb

    with report_errors():
        done = plan_publication(open_workspace(workspace), full=full) if plan else run_verb(verb, workspace, verbose, yes=yes, full=full)
    for change in getattr(done, "big", ()):
        console.print(redacted(change.message), style="bold red", markup=False, soft_wrap=True)
    words = joined("\n", done.lines()) if isinstance(done, PortalPlan) else done.words if done else _(NO_PORTAL)
    console.print(redacted(words), markup=False, soft_wrap=True)
    raise typer.Exit(INCOMPLETE if getattr(done, "problems", ()) or getattr(done, "troubles", ()) else 0)


def print_plan_of(workspace: Path, verbose: bool) -> None:
    """Print what a refresh would do; with `verbose` every table and file."""
    from flows.cli.plan_rendering import print_plan
    from flows.refresh_plan import plan_refresh

    with report_errors():
        place = open_workspace(workspace)
        print_plan(console, plan_refresh(place, runner=make_runner(verbose)), place.settings.portal.url, shows_all=verbose)


def run_refresh(workspace: Path, verbose: bool, to_portal: bool, in_prefect: bool, accept_loss: list[str], *, quiet: bool) -> Summary:
    place = open_workspace(workspace)
    if in_prefect:
        from flows.orchestration.deployments import refresh_in_prefect  # Prefect itself takes seconds to load

        return refresh_in_prefect(place.root, to_portal=to_portal, accept_loss=accept_loss)
    from flows.refresh import refresh as run

    return run(place, runner=make_runner(verbose, quiet=quiet), to_portal=to_portal, accept_loss=accept_loss)
