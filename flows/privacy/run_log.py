"""The log of a workspace: what each run did, said and came to, redacted as all output is.

`logs/gongkai.log` is written by the run that holds the workspace, so that it has one writer at a time and can be rotated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import perf_counter, struct_time

from exports.messages import _, joined
from flows.privacy.redaction import redacted
from flows.workspace.lock import one_run_at_a_time
from flows.workspace.settings import BEIJING, Workspace

LOG = Path("logs") / "gongkai.log"
MAX_BYTES = 1_000_000
MAX_FORMER_FILES = 5
_LOG_OF_RUN: ContextVar[logging.Logger | None] = ContextVar("log_of_run", default=None)


def log_line(message: str) -> None:
    """Write a line into the log of the run that this is a part of; nothing where there is no such run."""
    if (log := _LOG_OF_RUN.get()) is not None:
        log.info("%s", redacted(message))


@contextmanager
def logged_run(workspace: Workspace, verb: str, *, patience: float = 0.0, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the workspace for the block as `one_run_at_a_time`, and log when the run began, what it said and how it ended.

    Raises:
        WorkspaceBusy: another run still holds it after `patience` seconds; nothing is logged then.
        OSError: the log cannot be written.
    """
    with one_run_at_a_time(workspace, patience=patience, say=say), _open_log(workspace.root / LOG):
        began = perf_counter()
        log_line(joined("，", [_("began") + f": {verb}", _("as of") + f" {workspace.as_of}"]))
        try:
            yield
        except BaseException as error:
            log_line(_("failed") + f": {verb} {perf_counter() - began:.1f} s, {type(error).__name__} {error}")
            raise
        log_line(_("done") + f": {verb} {perf_counter() - began:.1f} s")


@contextmanager
def _open_log(path: Path) -> Iterator[None]:
    """The log that `log_line` writes to within the block. It is no logger that others know: Prefect configures those anew."""
    path.parent.mkdir(exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=MAX_FORMER_FILES, encoding="utf-8")
    formatter = logging.Formatter("%(asctime)s %(process)d %(message)s", "%Y-%m-%d %H:%M:%S")
    formatter.converter = _beijing_time
    handler.setFormatter(formatter)
    log = logging.Logger("gongkai")  # noqa: LOG001 - see above
    log.addHandler(handler)
    token = _LOG_OF_RUN.set(log)
    try:
        yield
    finally:
        _LOG_OF_RUN.reset(token)
        handler.close()


def _beijing_time(seconds: float | None) -> struct_time:
    return datetime.fromtimestamp(seconds or 0, BEIJING).timetuple()
