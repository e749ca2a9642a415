"""Old Word files (.doc, also .rtf and .wps), through a converter of the machine: LibreOffice, else antiword or catdoc.

LibreOffice keeps tables and generated numbers; the other two give plain text. Where none is installed the file is an
UnreadableSource that says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.errors import UnreadableSource
from flows.sources.plans.formats import docx, plain
from flows.sources.plans.formats.draft import Draft

_HEADS = {b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ".doc", rb"{\rtf": ".rtf"}
_SECONDS = 120
_TEXT_CONVERTERS = (("antiword", ("antiword", "-m", "UTF-8.txt", "-w", "0", "-t")), ("catdoc", ("catdoc", "-d", "utf-8", "-w")))
_FETCH_AGAIN = "Fetch the file again / 请重新下载该文件。"
_REMEDY = "Save it as .docx, or install LibreOffice, antiword or catdoc / 请另存为 .docx,或安装 LibreOffice、antiword、catdoc 之一。"


def read(data: bytes, name: str) -> Draft:
    """Rows as the best converter at hand gives them. `name` needs no true suffix: the bytes tell .doc from .rtf."""
    suffix = next((suffix for head, suffix in _HEADS.items() if data.startswith(head)), None)
    if suffix is None:
        raise UnreadableSource(name, "neither an old Word file nor RTF", "a .doc, .wps or .rtf file", _FETCH_AGAIN)
    with TemporaryDirectory(prefix="gongkai-doc-") as folder:
        source = Path(folder) / f"source{suffix}"
        source.write_bytes(data)
        converted = _by_office(source)
        if converted is not None:
            return docx.read(converted, name)
        text = _by_text_converter(source)
    if text is None or not text.strip():
        found = "an old Word file that no converter here can read"
        raise UnreadableSource(name, found, "LibreOffice, antiword or catdoc on this machine, and a whole file", _REMEDY)
    return plain.read(text, name)


def _by_office(source: Path) -> bytes | None:
    """The file as .docx; each run has a profile of its own, as LibreOffice refuses to share one."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        return None
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    _run((office, profile, "--headless", "--norestore", "--convert-to", "docx", "--outdir", str(source.parent), str(source)))
    target = source.with_suffix(".docx")
    return target.read_bytes() if target.exists() else None


def _by_text_converter(source: Path) -> bytes | None:
    for program, command in _TEXT_CONVERTERS:
        if shutil.which(program):
            text = _run((*command, str(source)))
            if text and text.strip():
                return text
    return None


def _run(command: tuple[str, ...]) -> bytes | None:
    """What a converter prints; None if it fails or hangs."""
    surroundings = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR", "SYSTEMROOT") if key in os.environ} | {"LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, env=surroundings)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
