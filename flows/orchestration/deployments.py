"""The verbs as Prefect flows: what `prefect.yaml` deploys and what Prefect's form shows.

Each is the plain function of the same name, carried out by `flows.orchestration.prefect`. The description of a parameter is part of
its type; Prefect's form reads it from the docstring, so `_make_flow` writes it there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from prefect import Flow, runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.logging.loggers import flow_run_logger
from prefect.settings import get_current_settings
from prefect.states import Completed, Failed
from pydantic import AfterValidator, Field
from pydantic.fields import FieldInfo

from exports.catalog import PROJECT_ROOT
from exports.messages import _
from flows import annual_report as annual
from flows import audit as auditing
from flows import backfill as backfilling
from flows import build as building
from flows import check as checking
from flows import ingest as ingesting
from flows import publish as publishing
from flows import refresh as refreshing
from flows import release as releasing
from flows.orchestration.artifacts import INCOMPLETE, show_all, show_plan, show_summary
from flows.orchestration.policy import flow_name, flow_options
from flows.orchestration.prefect import PrefectRunner, run_name
from flows.privacy.redaction import redacted
from flows.privacy.run_log import logged_run
from flows.publication.portal import plan_publication
from flows.quality.loss_guard import held_by_guard
from flows.reports.summary import Summary
from flows.workspace import help_texts
from flows.workspace.errors import ConfigurationError, GongkaiError, finding
from flows.workspace.interval import Every
from flows.workspace.settings import Workspace, workspaces_at

REMEDIES: Mapping[str, str] = {
    "Failed": "The message above says what was found and what to do. Run again when that is done: it goes on from where this run came to.",
    "Crashed": "The process ended before the run did. Run again: whatever was done is kept, whatever was half done is cleared.",
    "TimedOut": "The step took longer than it ever should. See where the log stops, and run again.",
}


def _is_workspace(folder: Path) -> Path:
    """Refuse a folder without valid settings before the run begins."""
    try:
        Workspace.open(folder)
    except ConfigurationError as error:
        raise ValueError(str(error)) from error
    return folder


WorkspaceFolder = Annotated[Path, AfterValidator(_is_workspace), Field(description=help_texts.WORKSPACE)]
WaitMinutes = Annotated[
    int,
    Field(
        ge=0,
        le=24 * 60,
        description=help_texts.WAIT_MINUTES,
    ),
]
ToPortal = Annotated[bool, Field(description=help_texts.TO_PORTAL)]
Workspaces = Annotated[
    list[str],
    Field(min_length=1, description=help_texts.WORKSPACES),
]
FirstDay = Annotated[date, Field(description=help_texts.FIRST_DAY)]
LastDay = Annotated[date | None, Field(description=help_texts.LAST_DAY)]
Step = Annotated[Every, Field(description=help_texts.EVERY)]
Year = Annotated[int | None, Field(ge=2000, le=2100, description=f"{help_texts.YEAR} 缺省为上一年 Left out: the last one.")]
Unit = Annotated[str | None, Field(description=help_texts.UNIT)]
RefreshFirst = Annotated[bool, Field(description=help_texts.REFRESH_FIRST)]
PlanOnly = Annotated[bool, Field(description=help_texts.PLAN_ONLY)]
AcceptLoss = Annotated[
    list[str] | None,
    Field(description=help_texts.ACCEPT_LOSS),
]
Again = Annotated[bool, Field(description=help_texts.AGAIN)]


def _build_run_name() -> str:
    verb = str(runtime.flow_run.flow_name).removeprefix(flow_name(""))
    try:
        return run_name(verb, Workspace.open(Path(runtime.flow_run.parameters["workspace"])))
    except (GongkaiError, KeyError):
        return verb  # the run itself will say what is wrong


def _log_remedy(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001 - Prefect calls it so
    flow_run_logger(flow_run).error("%s", REMEDIES.get(state.name or "", REMEDIES["Failed"]))


def _make_flow(verb: Callable[..., State[Any]]) -> Flow[..., State[Any]]:
    """The Prefect flow of a verb. Its parameters' meanings, which their types have, go into its docstring: Prefect's form shows that."""
    hints = get_type_hints(verb, include_extras=True).items()
    meanings = {name: part.description for name, hint in hints for part in getattr(hint, "__metadata__", ()) if isinstance(part, FieldInfo)}
    words = inspect.getdoc(verb) or ""
    verb.__doc__ = "\n".join([words, "", "Args:", *(f"    {name}: {text}" for name, text in meanings.items())])
    return Flow(
        verb,
        **flow_options(verb.__name__),
        description=words,
        flow_run_name=_build_run_name,
        on_failure=[_log_remedy],
        on_crashed=[_log_remedy],
    )


@_make_flow
def refresh(
    workspace: WorkspaceFolder, to_portal: ToPortal = True, wait_minutes: WaitMinutes = 120, accept_loss: AcceptLoss = None
) -> State[Any]:
    """全流程：读取、建库、校验、发布。All of it: ingest, build, check, release, publish.

    Each step does only what its inputs ask for, so a run that finds nothing changed ends at once, and one that was
    cancelled or interrupted is simply run again.
    """
    place = Workspace.open(workspace)
    patience = 60 * wait_minutes
    summary = refreshing.refresh(place, runner=PrefectRunner(), to_portal=to_portal, patience=patience, accept_loss=accept_loss or ())
    words = show_summary(place, summary)
    return _make_state(words, is_whole=summary.is_clean, result=summary)


def refresh_in_prefect(workspace: Path, *, to_portal: bool, accept_loss: list[str]) -> Summary:
    """Refresh in this process, shown in the Prefect server that this environment names. A busy workspace is refused.

    Raises:
        ConfigurationError: no Prefect server is named; a temporary one would cost a quarter of a minute and be discarded.
        GongkaiError: as the verbs themselves raise.
    """
    if not get_current_settings().api.url:
        raise ConfigurationError(
            finding("--prefect", _("no PREFECT_API_URL"), _("the address of a Prefect API"), _("Set it, or run without --prefect."))
        )
    with get_client(sync_client=True) as client:
        fault = client.api_healthcheck()
    if fault:
        found = _("no Prefect API that answers ({fault})", fault=type(fault).__name__)
        raise ConfigurationError(
            finding(f"--prefect: {get_current_settings().api.url}", found, _("one that answers"), _("Start it, or run without --prefect."))
        )
    state: State[Summary] = refresh(workspace, to_portal=to_portal, wait_minutes=0, accept_loss=accept_loss, return_state=True)
    return state.result()


@_make_flow
def refresh_all(workspaces: Workspaces, to_portal: ToPortal = True, wait_minutes: WaitMinutes = 120) -> State[Any]:
    """刷新多个工作区。Refresh many workspaces; with GONGKAI_DASK in the worker's environment, side by side.

    A failing workspace does not stop the others; the run then ends as failed and names them.
    """
    done = refreshing.refresh_all(workspaces_at(workspaces), runner=PrefectRunner(), to_portal=to_portal, patience=60 * wait_minutes)
    words = show_all(done)
    if errors := [f"{one.workspace.name}: {one.error}" for one in done if one.error]:
        return Failed(message=redacted(f"{words}. {'; '.join(errors)}"))
    return _make_state(words, is_whole=all(one.is_clean for one in done), result=done)


@_make_flow
def backfill(
    workspace: WorkspaceFolder, first: FirstDay, last: LastDay = None, every: Step = Every.month, wait_minutes: WaitMinutes = 120
) -> State[Any]:
    """补发历史日期的发布包。Releases of past days, in a series of their own, out of what the raw store holds now.

    Days that have their release are skipped, so an interrupted run is simply run again.
    """
    return _run_verb(backfilling.backfill, workspace, wait_minutes, first=first, last=last, every=every)


@_make_flow
def audit(workspace: WorkspaceFolder, refresh_first: RefreshFirst = False, wait_minutes: WaitMinutes = 120) -> State[Any]:
    """审计提问。Ask every question of sql/audit and count the answers; for the monthly inspection after a refresh."""
    place, runner = Workspace.open(workspace), PrefectRunner()
    is_whole = _refresh_first(place, runner, wait_minutes) if refresh_first else True
    runner.step(auditing.audit, place)
    return _make_state(runner.words, is_whole=is_whole)


@_make_flow
def annual_report(
    workspace: WorkspaceFolder, year: Year = None, unit: Unit = None, refresh_first: RefreshFirst = False, wait_minutes: WaitMinutes = 120
) -> State[Any]:
    """编制年度报告。Write the annual reports of units and government (Regulations art. 49 and 50) to `reports/<year>` in the workspace."""
    place, runner = Workspace.open(workspace), PrefectRunner()
    reported = year or place.as_of.year - 1
    is_whole = _refresh_first(place, runner, wait_minutes) if refresh_first else True
    runner.step(annual.annual_report, place, year=reported, to=place.root / "reports" / str(reported), unit=unit)
    return _make_state(runner.words, is_whole=is_whole)


def _refresh_first(place: Workspace, runner: PrefectRunner, wait_minutes: int) -> bool:
    summary = refreshing.refresh(place, runner=runner, patience=60 * wait_minutes)
    show_summary(place, summary)
    return summary.is_clean


@_make_flow
def ingest(workspace: WorkspaceFolder, wait_minutes: WaitMinutes = 120) -> State[Any]:
    """读取有变化的来源文件。Read what changed in the sources into the raw store."""
    return _run_verb(ingesting.ingest, workspace, wait_minutes, is_whole=lambda done: not (done.unreachable or done.refused))


@_make_flow
def build(workspace: WorkspaceFolder, wait_minutes: WaitMinutes = 120) -> State[Any]:
    """由原始库重建数据仓库。Build the next warehouse from the raw store; `check` puts it in place."""
    return _run_verb(building.build, workspace, wait_minutes)


@_make_flow
def check(workspace: WorkspaceFolder, again: Again = False, wait_minutes: WaitMinutes = 120) -> State[Any]:
    """校验数据仓库。Hold the warehouse against every expectation and put it in place."""
    return _run_verb(checking.check, workspace, wait_minutes, is_whole=lambda held_back: not held_back, again=again)


@_make_flow
def release(workspace: WorkspaceFolder, wait_minutes: WaitMinutes = 120, accept_loss: AcceptLoss = None) -> State[Any]:
    """生成开放数据发布包。Write the release: Parquet, CSV, catalogs, manifest."""
    return _run_verb(
        releasing.release, workspace, wait_minutes, is_whole=lambda made: not held_by_guard(made), accept_loss=accept_loss or ()
    )


@_make_flow
def publish(workspace: WorkspaceFolder, plan_only: PlanOnly = False, wait_minutes: WaitMinutes = 120) -> State[Any]:
    """发布到 CKAN 门户。Bring the CKAN portal to the latest release, or only say what that would change."""
    if plan_only:
        place = Workspace.open(workspace)
        return Completed(message=show_plan(place, plan_publication(place)))
    return _run_verb(publishing.publish, workspace, wait_minutes, is_whole=lambda report: not (report and report.problems))


def _run_verb(
    verb: Callable[..., Any], folder: Path, wait_minutes: int, *, is_whole: Callable[[Any], bool] = lambda _: True, **options: Any
) -> State[Any]:
    """Run one verb while holding the workspace's lock."""
    place = Workspace.open(folder)
    runner = PrefectRunner()
    with logged_run(place, verb.__name__, patience=60 * wait_minutes, say=runner.say):
        result = runner.step(verb, place, **options)
    return _make_state(runner.words, is_whole=is_whole(result))


def _make_state(words: str, *, is_whole: bool, result: Any = None) -> State[Any]:
    return Completed(name=None if is_whole else INCOMPLETE, message=words, data=result)


def deployment_file() -> Path:
    """`prefect.yaml`: beside the packages in a checkout, inside this one in a wheel."""
    here = Path(__file__).resolve().parent
    return next(path for path in (here / "prefect.yaml", PROJECT_ROOT / "prefect.yaml") if path.exists())


if __name__ == "__main__":
    print(deployment_file())
