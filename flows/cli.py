"""The command `gongkai`: every verb of the pipeline, and a look into what it made."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from exports.catalog import CatalogError
from exports.manifest import ReleaseError
from flows.errors import GongkaiError
from flows.settings import Every, Workspace

if TYPE_CHECKING:
    from flows.summary import Summary

FAILED, INCOMPLETE = 1, 3  # exit codes: nothing usable came of it; it went through, but sources or datasets were held back
console = Console()
errors = Console(stderr=True)

app = typer.Typer(
    name="gongkai",
    help="公开：让政务公开的承诺与落实可以核对。Makes government openness in China checkable.\n\n"
    "Exit codes: 0 all well; 1 it failed; 2 wrong usage; 3 done, but some sources were rejected or some datasets held back.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

WorkspaceOption = Annotated[Path, typer.Option("--workspace", "-w", help="Folder with gongkai.yaml.", envvar="GONGKAI_WORKSPACE")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is done even where no terminal watches.")]
AcceptLossOption = Annotated[
    list[str] | None,
    typer.Option("--accept-loss", help="A dataset that may lose many of its public rows this time; may be repeated.", metavar="DATASET"),
]
HERE = Path()


class Form(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


class AnswerForm(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def example(*lines: str) -> str:
    return "[dim]Example:[/dim] " + " · ".join(f"[cyan]{line}[/cyan]" for line in lines)


@contextmanager
def told_errors() -> Iterator[None]:
    """What a person can mend is told in a line; a defect of the program keeps its traceback."""
    from flows.redaction import redact_logs, redacted, redacted_errors

    redact_logs()
    try:
        with redacted_errors():
            yield
    except (GongkaiError, CatalogError, ReleaseError) as error:
        errors.print(f"[red]{type(error).__name__}[/red]", end=" ")
        errors.print(redacted(str(error)), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED) from error


@app.command(epilog=example("gongkai init demo --sample", "gongkai init town -s 'plans=/data/plans/*.txt'"))
def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new workspace.")] = HERE,
    sample: Annotated[bool, typer.Option("--sample", help="With an invented county's inbox, to try everything out.")] = False,
    source: Annotated[
        list[str] | None, typer.Option("--source", "-s", help="KIND=PATH, GLOB or URL instead of the inbox folders; may be repeated.")
    ] = None,
) -> None:
    """新建工作区。Make a workspace: inbox folders and a settings file."""
    from flows.init import make_workspace

    with told_errors():
        make_workspace(folder, sample=sample, sources=source or [])
        console.print(f"工作区已建立 Workspace made: {folder}. 下一步 Next: gongkai refresh -w {folder}", markup=False, soft_wrap=True)


@app.command(epilog=example("gongkai refresh", "gongkai refresh -w demo --no-publish", "gongkai refresh --accept-loss disclosures"))
def refresh(
    workspace: WorkspaceOption = HERE,
    verbose: VerboseOption = False,
    publish: Annotated[bool, typer.Option(help="Tell the portal, where one is set.")] = True,
    prefect: Annotated[bool, typer.Option("--prefect", help="Show the run in the Prefect that PREFECT_API_URL names.")] = False,
    accept_loss: AcceptLossOption = None,
) -> None:
    """全流程：读取、建库、校验、发布。All of it: ingest, build, check, release, publish."""
    from flows.report import print_summary

    with told_errors():
        print_summary(console, summary := _refreshed(workspace, verbose, publish, prefect, accept_loss or []))
    raise typer.Exit(0 if summary.is_clean else INCOMPLETE)


@app.command(epilog=example("gongkai refresh-all /srv/gongkai/*", "GONGKAI_DASK=local:4 gongkai refresh-all a b c"))
def refresh_all(
    workspaces: Annotated[list[str], typer.Argument(help="Folders of workspaces, or globs.")],
    verbose: VerboseOption = False,
    publish: Annotated[bool, typer.Option(help="Tell the portal, where one is set.")] = True,
) -> None:
    """刷新多个工作区。Refresh many workspaces, each as if by itself; side by side where GONGKAI_DASK says how."""
    from flows.redaction import redacted
    from flows.refresh import refresh_all as verb
    from flows.settings import workspaces_at

    with told_errors():
        done = verb(workspaces_at(workspaces), conductor=_conductor(verbose), to_portal=publish)
    for one in done:
        what = redacted(one.error or f"{one.release or '无发布包 no release'}{'' if one.is_clean else ' (incomplete)'}")
        console.print(f"{one.workspace}: {what}", markup=False, highlight=False, soft_wrap=True)
    failed = any(one.error for one in done)
    raise typer.Exit(FAILED if failed else 0 if all(one.is_clean for one in done) else INCOMPLETE)


@app.command(epilog=example("gongkai backfill --from 2026-01-31 --to 2026-10-31 --every month"))
def backfill(
    first: Annotated[datetime, typer.Option("--from", help="The first day of the series.", formats=["%Y-%m-%d"])],
    workspace: WorkspaceOption = HERE,
    last: Annotated[
        datetime | None, typer.Option("--to", help="The last day; left out: the workspace's own as-of day.", formats=["%Y-%m-%d"])
    ] = None,
    every: Annotated[Every, typer.Option("--every", help="How far apart the days lie.")] = Every.month,
    verbose: VerboseOption = False,
) -> None:
    """补发历史日期的发布包。Releases of past days, in a series of their own: backfill/."""
    from flows.backfill import backfill as verb

    made = _run(verb, workspace, verbose, first=first.date(), last=last.date() if last else None, every=every)
    for one in made:
        console.print(f"{one.as_of} {one.name}", highlight=False)


@app.command(epilog=example("gongkai ingest -v"))
def ingest(workspace: WorkspaceOption = HERE, verbose: VerboseOption = False) -> None:
    """读取有变化的来源文件。Read what changed in the sources into the raw store."""
    from flows.ingest import ingest as verb
    from flows.report import print_changes

    done = _run(verb, workspace, verbose)
    print_changes(console, done)
    console.print(f"来源 {len(done.stored)} 个，读取 {len(done.read)} 个，消失 {len(done.vanished)} 个 (sources, read, vanished)")
    if done.unreachable:
        raise typer.Exit(INCOMPLETE)


@app.command(epilog=example("gongkai forget plans", "gongkai forget disclosures/2024 disclosures/2025-01.csv --yes"))
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
    from flows.forget import forget as verb
    from flows.forget import forgettable
    from flows.lock import one_run_at_a_time
    from flows.report import print_forgettable

    with told_errors():
        place = Workspace.open(workspace)
        with one_run_at_a_time(place):
            print_forgettable(console, found := forgettable(place, names))
            if not yes and not sys.stdin.isatty():
                raise typer.BadParameter("no terminal to ask on: say --yes if these files are meant to be gone", param_hint="--yes")
            if not yes:
                typer.confirm("确属不再提供？ Are they meant to be gone?", abort=True)
            verb(place, [file.path for file in found])
    console.print(f"已登记 {len(found)} 个文件不再提供，下一步 (recorded; next): gongkai refresh", soft_wrap=True)


@app.command(epilog=example("gongkai build"))
def build(workspace: WorkspaceOption = HERE, verbose: VerboseOption = False) -> None:
    """由原始库重建数据仓库。Build the next warehouse from the raw store; `check` puts it in place."""
    from flows.build import build as verb

    _run(verb, workspace, verbose)
    console.print("数据仓库已建成，待校验 (built; run: gongkai check)")


@app.command(epilog=example("gongkai check", "gongkai check --again"))
def check(
    workspace: WorkspaceOption = HERE,
    verbose: VerboseOption = False,
    again: Annotated[bool, typer.Option("--again", help="Check the standing warehouse anew.")] = False,
) -> None:
    """校验数据仓库。Hold the warehouse against every expectation and put it in place."""
    from flows.check import check as verb
    from flows.report import print_checks
    from flows.summary import summarize

    blocked = _run(verb, workspace, verbose, again=again)
    with told_errors():
        print_checks(console, summarize(Workspace.open(workspace)))
    raise typer.Exit(INCOMPLETE if blocked else 0)


@app.command(epilog=example("gongkai release", "gongkai release --accept-loss disclosures"))
def release(workspace: WorkspaceOption = HERE, verbose: VerboseOption = False, accept_loss: AcceptLossOption = None) -> None:
    """生成开放数据发布包。Write the release: Parquet, CSV, catalogs, manifest."""
    from exports.catalog import load_catalog
    from flows.loss_guard import explained
    from flows.release import release as verb
    from flows.report import print_losses

    done = _run(verb, workspace, verbose, accept_loss=accept_loss or [])
    print_losses(console, losses := explained(Workspace.open(workspace), load_catalog(), done))
    console.print(f"发布包 Release: {done.folder}，{len(done.datasets)} 个数据集 (datasets)", markup=False, soft_wrap=True)
    raise typer.Exit(INCOMPLETE if losses else 0)


@app.command(epilog=example("CKAN_API_TOKEN=… gongkai publish --plan", "CKAN_API_TOKEN=… gongkai publish"))
def publish(
    workspace: WorkspaceOption = HERE,
    verbose: VerboseOption = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be created, changed, uploaded, retired.")] = False,
) -> None:
    """发布到 CKAN 门户。Bring the CKAN portal to the latest release."""
    from flows.publish import plan_publication
    from flows.publish import publish as verb
    from flows.redaction import redacted

    with told_errors():
        done = plan_publication(Workspace.open(workspace)) if plan else _run(verb, workspace, verbose)
    console.print(
        redacted(str(done)) if done else "未设门户，发布包即门户 (no portal is set: the release folder is the portal)",
        markup=False,
        soft_wrap=True,
    )
    raise typer.Exit(INCOMPLETE if getattr(done, "problems", ()) else 0)


@app.command(epilog=example("gongkai verify", "gongkai verify --portal", "gongkai verify --mirror"))
def verify(
    workspace: WorkspaceOption = HERE,
    portal: Annotated[bool, typer.Option("--portal", help="Read the portal, as anybody may, instead of the release folder.")] = False,
    mirror: Annotated[bool, typer.Option("--mirror", help="Read the latest release's copy on the mirror instead.")] = False,
) -> None:
    """核对发布内容。Read back what was released, or what portal or mirror serve, and tell what differs."""
    from exports.verify import verify_release
    from flows.mirror import verify_mirror
    from flows.publish import verify_portal
    from flows.redaction import redacted
    from flows.release import latest_release

    with told_errors():
        place = Workspace.open(workspace)
        latest = latest_release(place)
        if latest is None:
            console.print("尚无发布包 No release yet. Run: [cyan]gongkai refresh[/cyan]")
            raise typer.Exit(FAILED)
        read = verify_portal(place) if portal else None
        elsewhere = read.problems if read else verify_mirror(place) if mirror else None
        differences = verify_release(latest.folder) if elsewhere is None else list(elsewhere)
    for difference in differences:
        console.print(redacted(difference), markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"{latest.name}: {'不一致 differs' if differences else '一致 equal'}{f' ({read.amount})' if read else ''}", soft_wrap=True
    )
    raise typer.Exit(FAILED if differences else 0)


@app.command(epilog=example("gongkai status -w demo"))
def status(workspace: WorkspaceOption = HERE) -> None:
    """当前状态。What stands: sources, warehouse, checks, latest release."""
    from flows.report import print_summary
    from flows.summary import summarize

    with told_errors():
        place = Workspace.open(workspace)
        if not place.warehouse.exists():
            console.print("尚未建库 Nothing built yet. Run: [cyan]gongkai refresh[/cyan]")
            raise typer.Exit(0)
        print_summary(console, summarize(place))


@app.command(epilog=example("gongkai parse plan.docx --json", "gongkai parse plans/*.txt --out answers"))
def parse(
    files: Annotated[list[Path], typer.Argument(help="Plan documents: .txt .md .html .docx .pdf", exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each file.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write DIR/<stem>.json instead of printing.")] = None,
) -> None:
    """识读计划文件。Read plan documents and show their tasks, units and deadlines."""
    from flows.errors import UnreadableSource
    from flows.report import print_plan
    from flows.sources.plans import read_plan

    if out and len({file.stem for file in files}) < len(files):
        raise typer.BadParameter(
            "two files have the same stem, so one answer would overwrite the other: parse them apart", param_hint="--out"
        )
    failed = False
    for file in files:
        try:
            answer = read_plan(file.read_bytes(), file.name).as_answer()
        except UnreadableSource as error:
            errors.print(str(error), markup=False, highlight=False, soft_wrap=True)
            failed = True
            continue
        text = json.dumps(answer, ensure_ascii=False, default=str, indent=None if as_json and not out else 1)
        if out:
            out.mkdir(parents=True, exist_ok=True)
            (out / f"{file.stem}.json").write_text(text + "\n", encoding="utf-8")
        elif as_json:
            sys.stdout.write(text + "\n")
        else:
            print_plan(console, file, answer)
    raise typer.Exit(INCOMPLETE if failed else 0)


@app.command(epilog=example('gongkai query "from marts.plan_tasks limit 5"', 'gongkai query "from core.findings" --format csv'))
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT on the warehouse.")],
    workspace: WorkspaceOption = HERE,
    form: Annotated[Form, typer.Option("--format", "-f", help="How to show the rows.")] = Form.table,
) -> None:
    """查询数据仓库（只读）。Ask the warehouse; nothing can be changed by it."""
    from flows.report import print_query

    with told_errors():
        print_query(console, Workspace.open(workspace).warehouse, sql, form.value)


@app.command(epilog=example("gongkai audit", "gongkai audit published_before_made --format csv", "gongkai audit --list"))
def audit(
    name: Annotated[str | None, typer.Argument(help="One question; left out: all of them, with the number of answers.")] = None,
    workspace: WorkspaceOption = HERE,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", help="The day asked about; the warehouse's own.", formats=["%Y-%m-%d"])
    ] = None,
    form: Annotated[AnswerForm, typer.Option("--format", "-f", help="How to give the answers.")] = AnswerForm.table,
    listed: Annotated[bool, typer.Option("--list", help="Only list the questions.")] = False,
) -> None:
    """审计提问（只读）。Questions that auditors ask of the warehouse, each one SELECT in sql/audit."""
    from flows import audit_report
    from flows.audit import ask, chosen, load_questions
    from flows.audit import audit as verb

    with told_errors():
        questions, day = load_questions(), as_of.date() if as_of else None
        if listed:
            audit_report.print_questions(console, questions.values())
        elif name is None:
            if form is not AnswerForm.table:
                raise typer.BadParameter("name one question, whose answers have the same columns", param_hint="--format")
            audit_report.print_counts(console, questions, verb(Workspace.open(workspace), conductor=_conductor(False), as_of=day))
        elif form is AnswerForm.parquet and sys.stdout.isatty():
            raise typer.BadParameter("Parquet is no text for a terminal: write > answers.parquet behind it", param_hint="--format")
        else:
            question = chosen(name, questions)
            audit_report.print_answers(console, question, ask(Workspace.open(workspace), question, day), form.value)


@app.command(
    name="annual-report",
    epilog=example("gongkai annual-report --year 2025 --to reports", "gongkai annual-report --year 2025 --unit 县财政局 --to reports"),
)
def annual_report(
    year: Annotated[int, typer.Option("--year", "-y", help="The year reported on.")],
    to: Annotated[Path, typer.Option("--to", help="Folder for the files; made where it is missing.", file_okay=False)],
    workspace: WorkspaceOption = HERE,
    unit: Annotated[str | None, typer.Option("--unit", "-u", help="One unit (id, name or any name it goes by), or the government.")] = None,
) -> None:
    """生成年度报告。Write the annual reports of units and government, filled from the registers, as .xlsx and .docx."""
    from flows.annual_report import annual_report as verb

    with told_errors():
        written = verb(Workspace.open(workspace), conductor=_conductor(False), year=year, to=to, unit=unit)
    console.print(f"已生成 {len(written)} 个文件 (files written): {to}", markup=False, soft_wrap=True)


def _refreshed(workspace: Path, verbose: bool, to_portal: bool, in_prefect: bool, accept_loss: list[str]) -> Summary:
    place = Workspace.open(workspace)
    if in_prefect:
        from flows.deployments import refresh_in_sight  # Prefect itself takes seconds to load

        return refresh_in_sight(place.root, to_portal=to_portal, accept_loss=accept_loss)
    from flows.refresh import refresh as run

    return run(place, conductor=_conductor(verbose), to_portal=to_portal, accept_loss=accept_loss)


@app.command(epilog=example("gongkai review --out review.csv", "gongkai review --take review.csv"))
def review(
    workspace: WorkspaceOption = HERE,
    out: Annotated[Path | None, typer.Option("--out", help="Write the list of unit names to review as CSV.")] = None,
    take: Annotated[Path | None, typer.Option("--take", help="Take the decisions of a filled list.", exists=True, dir_okay=False)] = None,
) -> None:
    """复核单位名称。Unit names that no rule matched for sure: CSV out, decisions in; fill unit_id, or write none."""
    from flows.report import print_query
    from flows.review import GLANCE, take_decisions, write_review

    with told_errors():
        place = Workspace.open(workspace)
        if take:
            console.print(
                f"已收下 {take_decisions(place, take)} 条决定，下次 refresh 生效 (decisions taken; they hold from the next refresh)"
            )
        elif out:
            console.print(f"{write_review(place, out)} 个名称待复核 (names to review): {out}")
        else:
            print_query(console, place.warehouse, GLANCE, Form.table.value)


def _conductor(verbose: bool) -> Any:
    from flows.conductor import Direct

    return Direct(errors, verbose=verbose)


def _run(verb: Callable[..., Any], workspace: Path, verbose: bool, **options: Any) -> Any:
    """One verb by itself, in a workspace that no other run holds."""
    from flows.lock import one_run_at_a_time

    with told_errors():
        place = Workspace.open(workspace)
        with one_run_at_a_time(place):
            return verb(place, conductor=_conductor(verbose), **options)


quarantine = typer.Typer(
    help="隔离的数据行：清单、查看、导出更正。Rows set aside: list them, look at them, hand them to clerks for correction.",
    epilog=example("gongkai quarantine list", "gongkai quarantine export --all --to to-mend"),
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.add_typer(quarantine, name="quarantine")


@quarantine.command("list", epilog=example("gongkai quarantine list"))
def quarantine_list(workspace: WorkspaceOption = HERE) -> None:
    """隔离清单。What is set aside: table, rule, unit, rows."""
    from flows.clerks import overview
    from flows.report import print_rows

    with told_errors():
        print_rows(console, ("数据表 Table", "规则 Rule", "单位 Unit", "行数 Rows"), overview(Workspace.open(workspace)))


@quarantine.command("show", epilog=example("gongkai quarantine show disclosures --unit 县财政局 --limit 5"))
def quarantine_show(
    table: Annotated[str, typer.Argument(help="A table of the list.")],
    workspace: WorkspaceOption = HERE,
    rule: Annotated[str, typer.Option(help="Only rows that break a rule with these words in its name.")] = "",
    unit: Annotated[str, typer.Option(help="Only rows of units with these words in their name.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="So many rows at most.")] = 20,
) -> None:
    """查看隔离行（个人信息已隐去）。Rows set aside, with place and rules; private cells are masked."""
    from flows.clerks import look
    from flows.report import print_records

    with told_errors():
        print_records(console, *look(Workspace.open(workspace), table, rule, unit, limit))


@quarantine.command(
    "export", epilog=example("gongkai quarantine export --all --to to-mend", "gongkai quarantine export --unit 县财政局 --to to-mend")
)
def quarantine_export(
    to: Annotated[Path, typer.Option("--to", help="Folder for the files.", file_okay=False)],
    workspace: WorkspaceOption = HERE,
    unit: Annotated[str | None, typer.Option(help="Only units with these words in their name.")] = None,
    every: Annotated[bool, typer.Option("--all", help="A file for every unit.")] = False,
) -> None:
    """导出待更正的行，每单位一个 CSV；更正后放回收件箱即可。A CSV a unit for clerks to mend and drop into the inbox."""
    from flows.clerks import export
    from flows.report import print_exports

    if every == (unit is not None):
        raise typer.BadParameter("say either --unit UNIT or --all", param_hint="--unit / --all")
    with told_errors():
        print_exports(console, to, export(Workspace.open(workspace), to, unit))
