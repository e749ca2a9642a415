"""Old Word files (.doc, also .rtf and .wps), through a converter of the machine: LibreOffice, else antiword, else catdoc.

LibreOffice keeps all that a .docx has; antiword keeps tables and list numbers, catdoc the text with tabs between cells. Where none is
installed the file is an UnreadableSource that says so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from exports.messages import _
from flows.sources.limited import OFFICE_MEMORY, limit_process
from flows.sources.plans.formats import docx, html, plain
from flows.sources.plans.formats.draft import Draft
from flows.sources.plans.formats.losses import Loss
from flows.workspace.errors import UnreadableSource

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_WORD = "WordDocument".encode("utf-16-le")
_RTF = rb"{\rtf"
_CELL_ENDS = re.compile(rb"[\x00-\xff][\x4e-\x9f]\x07\x00")
_SOME_CELLS = 6
_SECONDS = 120
# What antiword's DocBook calls the parts of a text, in the words of HTML.
_DOCBOOK = {
    "book": "html", "bookinfo": "head", "para": "p", "title": "h2", "orderedlist": "ol", "itemizedlist": "ul", "listitem": "li",
    "informaltable": "table", "row": "tr", "entry": "td",
}  # fmt: skip
_NUMERATION = {"arabic": "1", "loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}


def read(data: bytes, name: str) -> Draft:
    """Rows as the best converter at hand gives them. The bytes tell .doc from .rtf; .wps of other makers than Word's is tried."""
    is_word = data.startswith(_OLE) and _OLE_WORD in data
    is_works = data.startswith(_OLE) and not is_word and name.lower().endswith((".wps", ".wpt"))
    if not is_word and not is_works and not data.startswith(_RTF):
        found, expected = _("neither an old Word file nor RTF"), _("a .doc, .wps or .rtf file")
        raise UnreadableSource(name, found, expected, _("Fetch the file again."))
    with TemporaryDirectory(prefix="gongkai-doc-") as folder:
        source = Path(folder) / ("source.doc" if is_word else "source.wps" if is_works else "source.rtf")
        source.write_bytes(data)
        draft = _by_office(source, name)
        if draft is None or (is_word and _has_lost_cells(data, draft)):
            draft = _by_antiword(source) or draft or _by_catdoc(source, name)
    if draft is None:
        raise UnreadableSource(
            name,
            _("an old Word file that no converter here can read"),
            _("LibreOffice, antiword or catdoc on this machine, and a whole file"),
            _("Save it as .docx, or install LibreOffice, antiword or catdoc."),
        )
    return draft


def _has_lost_cells(data: bytes, draft: Draft) -> bool:
    """Whether the file has ends of table cells (after Chinese characters, in UTF-16) and the draft has no table."""
    return len(_CELL_ENDS.findall(data)) >= _SOME_CELLS and not any(row.kind == "table" for row in draft.rows)


def _by_office(source: Path, name: str) -> Draft | None:
    """By way of .docx; each run has a profile of its own, as LibreOffice refuses to share one."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        return None
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    _run((office, profile, "--headless", "--norestore", "--convert-to", "docx", "--outdir", str(source.parent), str(source)))
    target = source.with_suffix(".docx")
    return docx.read(target.read_bytes(), name) if target.exists() else None


def _by_antiword(source: Path) -> Draft | None:
    """By way of DocBook, whose elements are those of HTML under other names."""
    book = _run(("antiword", "-m", "UTF-8.txt", "-x", "db", str(source)))
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, recover=True, remove_comments=True, remove_pis=True)
    root: Any = etree.fromstring(book, parser) if book and book.strip() else None
    if root is None:
        return None
    for cell in list(root.iter("entry")):
        _set_paragraphs(cell)
    for element in root.iter(etree.Element):
        element.tag = _DOCBOOK.get(element.tag, element.tag)
        if element.tag == "ol":
            element.set("type", _NUMERATION.get(element.get("numeration", ""), "1"))
    rows = html.rows_of(root)
    return Draft(rows, losses=[Loss("weak_converter", detail="antiword")]) if rows else None


def _set_paragraphs(cell: Any) -> None:
    """Antiword puts the paragraphs of a cell on lines of their own."""
    lines = [line for line in (cell.text or "").splitlines() if line.strip()]
    if len(cell) or len(lines) < 2:  # noqa: PLR2004
        return
    cell.text = None
    for line in lines:
        etree.SubElement(cell, "para").text = line


def _by_catdoc(source: Path, name: str) -> Draft | None:
    text = _run(("catdoc", "-d", "utf-8", "-w", str(source)))
    if not text or not text.strip():
        return None
    draft = plain.read(text, name)
    draft.losses.append(Loss("weak_converter", detail="catdoc"))
    return draft


def _run(command: tuple[str, ...]) -> bytes | None:
    """What a converter prints; None if it is not there, fails or hangs."""
    surroundings = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR", "SYSTEMROOT") if key in os.environ} | {"LC_ALL": "C.UTF-8"}
    try:
        limit = partial(limit_process, OFFICE_MEMORY, _SECONDS)
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, env=surroundings, preexec_fn=limit)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
