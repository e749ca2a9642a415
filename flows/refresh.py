"""Refresh: every step from the inbox to the portal, for one workspace or for many."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from exports.catalog import CatalogError, load_catalog
from exports.messages import N_, words_of
from exports.release.manifest import ReleaseError
from flows.build import build
from flows.check import check
from flows.ingest import ingest
from flows.privacy.run_log import log_line, logged_run
from flows.publish import publish
from flows.quality.loss_guard import require_datasets
from flows.release import release
from flows.reports.attention import conclusion
from flows.reports.summary import Summary, summarize
from flows.workspace.errors import GongkaiError
from flows.workspace.runner import Runner, Workers
from flows.workspace.settings import DASK, Workspace


def refresh(
    workspace: Workspace, *, runner: Runner, to_portal: bool = True, patience: float = 0.0, accept_loss: Collection[str] = ()
) -> Summary:
    """The summary of running every step; each does only what its inputs require, so a second run finds nothing to do.

    `accept_loss` names datasets that may lose many of their public rows in this run.

    Raises:
        ConfigurationError: `accept_loss` names something that is not a dataset; nothing is done then.
        WorkspaceBusy: another run holds the workspace for longer than `patience` seconds.
    """
    if accept_loss:
        require_datasets(accept_loss, load_catalog())
    with logged_run(workspace, "refresh", patience=patience, say=runner.say):
        done = runner.step(ingest, workspace)
        runner.step(build, workspace)
        runner.step(check, workspace)
        runner.step(release, workspace, accept_loss=accept_loss)
        report = runner.step(publish, workspace) if to_portal else None
        summary = summarize(workspace, done, report)
        log_line(conclusion(summary))
        return summary


@dataclass(frozen=True)
class Refreshed:
    """The result for one workspace among many: its release, or the error that ended its run."""

    workspace: Path
    release: str | None
    is_clean: bool
    error: str | None = None


def refresh_all(folders: Sequence[Path], *, runner: Runner, to_portal: bool = True, patience: float = 0.0) -> list[Refreshed]:
    """The results of refreshing many workspaces, in the order of `folders`; with Dask in the environment, in parallel.

    A failing workspace does not stop the others; its error is returned in its place.
    """
    work = partial(_refresh_one, runner=runner.nested_runner(), to_portal=to_portal, patience=patience)
    places = [folder.resolve() for folder in folders]
    shared = Path(os.path.commonpath([place.parent for place in places])) if places else Path()
    return list(runner.map_parallel(N_("refreshing"), work, places, Workers(os.environ.get(DASK, ""), shared)))


def _refresh_one(folder: Path, runner: Runner, to_portal: bool, patience: float) -> Refreshed:
    try:
        summary = refresh(Workspace.open(folder), runner=runner, to_portal=to_portal, patience=patience)
    except (GongkaiError, CatalogError, ReleaseError) as error:
        runner.say(f"{folder.name}: " + words_of(error))
        return Refreshed(folder, None, is_clean=False, error=str(error))
    return Refreshed(folder, summary.release.name if summary.release else None, summary.is_clean)
