"""Workbooks of every kind as sheets, whatever their bytes do to the library that reads them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from exports.messages import _
from flows.sources.limited import OUTPUT, limit_process
from flows.sources.tables.child import DAMAGED, TOO_LARGE, from_facts
from flows.sources.tables.kinds import NO_TABLE, Kind
from flows.sources.tables.model import Sheet
from flows.workspace.errors import UnreadableSource
from flows.workspace.limits import current_limits

FLOWS = Path(__file__).resolve().parents[3]
CODE = "import sys; from flows.sources.tables.child import main; sys.exit(main(*sys.argv[1:4]))"


def read_workbook(place: str, path: Path, kind: Kind, scratch: Path) -> list[Sheet]:
    """The sheets of a workbook in the order of its tabs.

    Raises:
        UnreadableSource: it is damaged, has a password, or takes more memory or time than one file may.
    """
    limits = current_limits()
    result = scratch / "sheets.ndjson"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(FLOWS), *filter(None, [os.environ.get("PYTHONPATH")])])}
    try:
        done = subprocess.run(
            [sys.executable, "-c", CODE, kind, str(path), str(result)],
            capture_output=True,
            env=environment,
            timeout=2 * limits.seconds,
            check=False,
            preexec_fn=partial(limit_process, limits.memory, limits.seconds, OUTPUT),  # system calls, made before the interpreter starts
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much(place) from error
    if done.returncode == 0:
        with result.open(encoding="utf-8") as stream:
            return [from_facts(json.loads(line)) for line in stream]
    words = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == DAMAGED:
        words = words.replace(str(path), path.name).splitlines()[0] if words else kind
        found = _("a damaged workbook ({fault})", fault=_(words) if words == NO_TABLE else words)
        raise UnreadableSource(place, found, _("a workbook"), _("Open and save it again, or send it as CSV."))
    if done.returncode < 0 or done.returncode == TOO_LARGE or "MemoryError" in words:
        raise _too_much(place)
    raise UnreadableSource(
        place,
        _("a file on which the reader failed ({failure})", failure=words.splitlines()[-1].partition(":")[0] if words else kind),
        _("one that it reads"),
        _("Please report it, with the file."),
    )


def _too_much(place: str) -> UnreadableSource:
    limits = current_limits()
    return UnreadableSource(
        place,
        _("a workbook that takes more memory or time than a file may, or ends its reader"),
        _("a table that is read within {gigabytes:g} GB and {seconds} seconds", gigabytes=limits.memory_gb, seconds=limits.seconds),
        _("Remove stray cells far out and save it again, or send it as CSV."),
    )
