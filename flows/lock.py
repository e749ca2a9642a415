"""One run at a time in a workspace: a second one is told so at once, and who was first."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flows.errors import WorkspaceBusy, finding
from flows.settings import BEIJING, Workspace

LOCK = ".lock"


@contextmanager
def one_run_at_a_time(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace for the block. The system lets go of it when the process ends, however it ends.

    Raises:
        WorkspaceBusy: another run holds it.
    """
    with (workspace.root / LOCK).open("a+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.seek(0)
            holder = stream.read().strip() or "another run"
            raise WorkspaceBusy(finding(str(workspace.root), holder, "no other run here", "Wait until it ends, then run again.")) from error
        stream.truncate(0)
        stream.write(f"a run under way since {datetime.now(BEIJING):%Y-%m-%d %H:%M} (process {os.getpid()})")
        stream.flush()
        yield
        stream.truncate(0)
