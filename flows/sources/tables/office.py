"""Files that only an office program opens (.wps, .doc, .et of WPS's own kind, .fods, .slk), by way of LibreOffice where this machine has it.

Each run has a profile of its own, as LibreOffice refuses to share one, with limits of memory, time and output like the reading of workbooks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

from exports.messages import _
from flows.sources.limited import OFFICE_MEMORY, limit_process
from flows.sources.tables.encodings import as_utf8
from flows.sources.tables.kinds import OFFICE_SUFFIXES, Kind
from flows.workspace.errors import UnreadableSource

SECONDS = 120  # by the clock; half of it of processor time
FORMS: tuple[tuple[str, Kind], ...] = (
    ("xlsx", "xlsx"),
    ("html:HTML (StarWriter)", "html"),
)  # what it can make of a spreadsheet, and of a text


def office() -> str | None:
    """The program, None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def converted(place: str, path: Path, what: str, scratch: Path) -> tuple[Path, Kind]:
    """The file as a workbook or a page with its tables.

    Raises:
        UnreadableSource: LibreOffice is not here, or makes neither of it.
    """
    program = office()
    if program is not None:
        source = scratch / "office"
        source.mkdir(exist_ok=True)
        suffix = OFFICE_SUFFIXES[what]
        copy = source / f"document{suffix}"
        shutil.copyfile(
            as_utf8(place, path, scratch, with_mark=False).path if suffix == ".slk" else path, copy
        )  # LibreOffice guesses no encoding
        for form, kind in FORMS[1:] if suffix == ".doc" else FORMS:
            _convert(program, form, copy)
            target = copy.with_suffix(f".{kind}")
            if target.exists() and target.stat().st_size:
                return target, kind
    raise UnreadableSource(
        place,
        _(what),
        _("a table, or a document with one that LibreOffice opens"),
        _("Save it as .xlsx or .csv, or install LibreOffice on this machine."),
    )


def _convert(program: str, form: str, source: Path) -> None:
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    command = (program, profile, "--headless", "--norestore", "--convert-to", form, "--outdir", str(source.parent), str(source))
    surroundings = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ} | {"LC_ALL": "C.UTF-8"}
    try:
        subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=surroundings,
            preexec_fn=partial(limit_process, OFFICE_MEMORY, SECONDS // 2),
        )
    except (OSError, subprocess.TimeoutExpired):
        return
