"""The process in which plan documents are read, one after the other, each with limits of memory and time.

A library that aborts, eats all memory or never ends takes this process with it and nothing else. Requests are lines of JSON on standard
input, answers lines on standard output; what was read goes through files. flows/sources/plan_process.py is the other side.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import select
import signal
from pathlib import Path
from typing import Any

from exports.messages import in_chinese, in_english
from flows.sources.limited import limit_next_file
from flows.sources.plans import read_plan
from flows.sources.plans.shortfall import shortfall
from flows.sources.store import write_tables
from flows.workspace.errors import UnreadableSource

IDLE_SECONDS = 30  # without a request, after which the process ends: a build that follows has its memory back
_LONGEST_REQUEST = 1 << 16
_SHARE_KEPT = 1 / 2  # of the memory that a file may take: a process that grew beyond it ends, and the next file has a new one


def serve() -> None:
    """Carry out requests until there are none any more; the answer to each is an errno, 0 for none."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no answer
    while line := _next_request():
        request = json.loads(line)
        ended = _carry_out(request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.write(answers, f"{ended}\n".encode())
        if most_memory() > _SHARE_KEPT * request["memory"]:
            return


def most_memory() -> int:
    """The most bytes of memory that this process has had. Linux hands ru_maxrss down: a child of a large process begins with what that had,
    and would end after each file; /proc has its own.
    """
    try:
        _, _, after = Path("/proc/self/status").read_text("ascii", "replace").partition("VmHWM:")
        return int(after.split()[0]) << 10
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _next_request() -> bytes:
    """The next line of standard input; nothing when the other side is gone, or asked nothing for long."""
    request = b""
    while not request.endswith(b"\n"):
        ready, _, _ = select.select([0], [], [], IDLE_SECONDS)
        part = os.read(0, _LONGEST_REQUEST) if ready else b""
        if not part:
            return b""
        request += part
    return request


def _carry_out(request: dict[str, Any]) -> int:
    try:
        limit_next_file(request["memory"], request["seconds"])
        outcome = _outcome(request)
        Path(request["outcome"]).write_text(json.dumps(outcome, ensure_ascii=True, default=str), "utf-8")
    except MemoryError:
        return errno.ENOMEM
    except OSError as error:
        return error.errno or errno.EIO
    return 0


def _outcome(request: dict[str, Any]) -> dict[str, Any]:
    """`read`: what the other side asked for; else `refusal`, the four parts of an UnreadableSource in both languages, or `failure`, the name of an error.

    Raises:
        MemoryError: the document takes more than it may.
        OSError: what was read cannot be written. That is no fault of the document.
    """
    try:
        plan = read_plan(Path(request["source"]).read_bytes(), request["name"])
        read = plan.as_answer() if request["folder"] is None else plan.as_tables()
        lacks = shortfall(plan)
    except UnreadableSource as error:
        return {"refusal": [[in_chinese(part), in_english(part)] for part in (error.place, error.found, error.expected, error.remedy)]}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a library's failure on one file must not end everybody's run
        return {"failure": type(error).__name__}
    if request["folder"] is None:
        return {"read": read}
    write_tables(Path(request["folder"]), request["digest"], read)
    return {"read": [lacks.zh, lacks.en, str(lacks)]}
