"""Plan documents read in a process of their own (flows/sources/plan_child.py), so that none can end, fill or hold the run.

One process reads many documents, for to start it costs as much as to read dozens. One that takes more memory than it may is tried again
in a fresh process before it is refused: what an earlier document left behind decides nothing.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from exports.messages import Message, _
from flows.workspace.errors import SourceUnavailable, UnreadableSource, finding
from flows.workspace.limits import Limits, current_limits

Process = subprocess.Popen[bytes]
FLOWS = Path(__file__).resolve().parents[2]
CODE = "from flows.sources.plan_child import serve; serve()"
_LEAN = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}  # no address space that is never used
_OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGALRM}
_FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}  # no limit of ours ends a process by these
_TOO_LARGE = {errno.ENOMEM, errno.EFBIG}
_idle: list[Process] = []  # processes that wait for a document; as many as were ever needed at once


def read_plan_answer(path: Path) -> dict[str, Any]:
    """What `Plan.as_answer` gives for the document at `path`, as JSON has it (days are texts). Raises as `read_plan_tables`."""
    answer: dict[str, Any] = _read(path, path.name, None, "")
    return answer


def read_plan_tables(source: Path, name: str, folder: Path, digest: str) -> Message:
    """Write the Arrow tables of the document at `source`, called `name`, into `folder`; comes back with what it lacks, "" if nothing.

    Raises:
        UnreadableSource: the document cannot be read, or takes more memory or time than one file may; `folder` may hold some tables then.
        SourceUnavailable: its reading was ended from outside, as by a machine that runs out of memory; nothing is known of it.
        OSError: what was read cannot be written.
    """
    return Message(*_read(source, name, folder, digest))


def _read(source: Path, name: str, folder: Path | None, digest: str) -> Any:
    limits = current_limits()
    with TemporaryDirectory(prefix="gongkai-plan-") as scratch:
        outcome = Path(scratch) / "outcome.json"
        request = {
            "source": str(source.absolute()),
            "name": name,
            "folder": str(folder) if folder else None,
            "digest": digest,
            "outcome": str(outcome),
            "memory": limits.memory,
            "seconds": limits.seconds,
        }
        _require_end(_carried_out(json.dumps(request).encode() + b"\n"), name, limits)
        done = json.loads(outcome.read_text("utf-8"))
    if refusal := done.get("refusal"):
        raise UnreadableSource(*(Message(*part) for part in refusal))
    if failure := done.get("failure"):
        raise UnreadableSource(
            name,
            _("a file on which the reader failed ({failure})", failure=failure),
            _("one that it reads"),
            _("Please report it, with the file."),
        )
    return done["read"]


def _require_end(ended: int, name: str, limits: Limits) -> None:
    """Raise unless a request ended with 0; how else it ended says why."""
    if ended in _FROM_OUTSIDE:
        found = _("a reading that was ended from outside (did the machine run out of memory?)")
        raise SourceUnavailable(finding(name, found, _("one that comes to its end"), _("The next run reads it.")))
    if ended < 0 or ended in _TOO_LARGE:
        raise UnreadableSource(
            name,
            _("a document that takes more memory or time than a file may, or ends its reader"),
            _(
                "a document that is read within {gigabytes:g} GB and {seconds} seconds of processor time",
                gigabytes=limits.memory_gb,
                seconds=limits.seconds,
            ),
            _("Check the file, or split it; if it needs more, raise `limits` in gongkai.yaml."),
        )
    if ended > 0:
        raise OSError(ended, os.strerror(ended))


def _carried_out(request: bytes) -> int:
    """How a request ended: 0, an errno, or less than 0 for the signal by which its process was ended."""
    while _idle:
        process = _idle.pop()
        if process.poll() is not None:
            _kill(process)
            continue
        with suppress(BrokenPipeError):  # it ended just now, for want of work
            ended = _asked(process, request)
            if ended == 0 or ended in _OUT_OF_TIME | _FROM_OUTSIDE:
                return ended
            break
    return _asked(_started(), request)


def _asked(process: Process, request: bytes) -> int:
    """How a request ended in a process.

    Raises:
        BrokenPipeError: the process ended without having taken it up.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    answer = b""
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(request)
            process.stdin.flush()
            answer = process.stdout.readline()
    except BaseException:
        _kill(process)  # the run is ended: so is what it waits for
        raise
    if answer:
        _idle.append(process)
        return int(answer)
    ended = process.wait()
    _kill(process)
    if ended >= 0:
        raise BrokenPipeError(errno.EPIPE, _("the process that reads plans ended with {ended}", ended=ended))
    return ended


def _kill(process: Process) -> None:
    """End a process with all that it started, such as a converter."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _started() -> Process:
    path = os.pathsep.join([str(FLOWS), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-c", CODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_LEAN, "PYTHONPATH": path},
        start_new_session=True,  # an interrupt from the keyboard is the run's to deal with
    )
