"""One run at a time in a workspace: a second one waits its turn or is told at once who was first."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO

from flows.workspace.errors import WorkspaceBusy, finding
from flows.workspace.settings import BEIJING, Workspace

LOCK = ".lock"
LOOK_AGAIN = 1.0  # seconds


@contextmanager
def one_run_at_a_time(workspace: Workspace, *, patience: float = 0.0, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the workspace for the block. The system lets go of it when the process ends, however it ends.

    Args:
        workspace: which one to hold.
        patience: seconds to wait for a run that holds it; 0 refuses at once.
        say: told once for whom this run waits.

    Raises:
        WorkspaceBusy: another run holds it, and still does when the patience is at an end.
    """
    with (workspace.root / LOCK).open("a+", encoding="utf-8") as stream:
        _take(stream, workspace, time.monotonic() + patience, say or (lambda _: None))
        stream.truncate(0)
        stream.write(f"a run under way since {datetime.now(BEIJING):%Y-%m-%d %H:%M} (process {os.getpid()})")
        stream.flush()
        yield
        stream.truncate(0)


def _take(stream: TextIO, workspace: Workspace, until: float, say: Callable[[str], None]) -> None:
    told = False
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.seek(0)
            holder = stream.read().strip() or "another run"
            if time.monotonic() >= until:
                remedy = "Wait until it ends, then run again."
                raise WorkspaceBusy(finding(str(workspace.root), holder, "no other run here", remedy)) from error
        else:
            return
        if not told:
            say(f"waiting for {holder}")
            told = True
        time.sleep(LOOK_AGAIN)
