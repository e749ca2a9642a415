"""Refresh: the whole way of the data, from the inbox to the portal."""

from __future__ import annotations

from flows.build import build
from flows.check import check
from flows.conductor import Conductor
from flows.ingest import ingest
from flows.lock import one_run_at_a_time
from flows.publish import publish
from flows.release import release
from flows.settings import Workspace
from flows.summary import Summary, summarize


def refresh(workspace: Workspace, *, conductor: Conductor, to_portal: bool = True, patience: float = 0.0) -> Summary:
    """Carry out every step; each does only what its inputs ask for, so a second run finds nothing to do.

    Raises:
        WorkspaceBusy: another run holds the workspace for longer than `patience` seconds.
    """
    with one_run_at_a_time(workspace, patience=patience, say=conductor.say):
        done = conductor.step(ingest, workspace)
        conductor.step(build, workspace)
        conductor.step(check, workspace)
        conductor.step(release, workspace)
        report = conductor.step(publish, workspace) if to_portal else None
        return summarize(workspace, done, report)
