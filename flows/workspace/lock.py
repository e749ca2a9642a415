"""One run at a time in a workspace: a second one waits, or is refused at once with the name of the first."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO

from exports.messages import _, as_message
from flows.workspace.errors import WorkspaceBusy, finding
from flows.workspace.settings import BEIJING, Workspace

LOCK = ".lock"
POLL_SECONDS = 1.0  # seconds


@contextmanager
def one_run_at_a_time(workspace: Workspace, *, patience: float = 0.0, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the workspace for the block. The operating system releases it when the process ends, however it ends.

    Args:
        workspace: which one to hold.
        patience: seconds to wait for a run that holds it; 0 refuses at once.
        say: called once with the run that this one waits for.

    Raises:
        WorkspaceBusy: another run still holds it after `patience` seconds.
    """
    with (workspace.root / LOCK).open("a+", encoding="utf-8") as stream:
        _take(stream, workspace, time.monotonic() + patience, say or (lambda _: None))
        stream.truncate(0)
        stream.write(_("a run under way since {time:%Y-%m-%d %H:%M}, process {number}", time=datetime.now(BEIJING), number=os.getpid()))
        stream.flush()
        yield
        stream.truncate(0)


def _take(stream: TextIO, workspace: Workspace, until: float, say: Callable[[str], None]) -> None:
    announced = False
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.seek(0)
            holder = as_message(stream.read().strip()) or _("another run")
            if time.monotonic() >= until:
                remedy = _("Wait until it ends, then run again.")
                raise WorkspaceBusy(finding(str(workspace.root), holder, _("no other run here"), remedy)) from error
        else:
            return
        if not announced:
            say(_("waiting for {holder}", holder=holder))
            announced = True
        time.sleep(POLL_SECONDS)
